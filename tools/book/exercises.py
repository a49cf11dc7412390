"Exercises and their solutions: what an exercise asks, repeated above its solution."
import re

from .chapters import Chapter
from .claims import from_afar
from .errors import BookError
from .labels import Label

SOLUTIONS = "92_solutions.ipynb"
_EXERCISE = r"^### {} (.*?) \{{#sec-{}-ex-{}\}}[ \t]*\n(.*?)(?=^\[Solution\]|^:::|^#|\Z)"
_SOLUTION = re.compile(r"^### .*\{#sec-sol-(\d+)-(\d+)\}[ \t]*$", re.M)


def with_question(
    text: str,  # Markdown of the page of all solutions
    chapters: dict[str, Chapter],
    labels: dict[str, Label],  # every label of the book
) -> str:
    "The Markdown with the exercise's title, what it asks and a link to it at the heading of each solution."
    def one(m: re.Match) -> str:
        number, k = m[1], m[2]
        pattern = re.compile(_EXERCISE.format(re.escape(f"{number}.{k}"), number, k), re.M | re.S)
        for chapter in chapters.values():
            for c in chapter.cells if chapter.name.startswith(number) else []:
                if c.kind != "markdown" or not (e := pattern.search(c.source)): continue
                asked = f"{from_afar(e[2].strip(), chapter, labels)}\n\n[The exercise]({chapter.name}#sec-{number}-ex-{k})"
                quoted = "\n".join(f"> {line}".rstrip() for line in asked.splitlines())
                return f"### {number}.{k} {e[1]} {{#sec-sol-{number}-{k}}}\n\n{quoted}"
        raise BookError(f"{SOLUTIONS}: there is no exercise {number}.{k}, written as `### {number}.{k} Title {{#sec-{number}-ex-{k}}}`")
    return _SOLUTION.sub(one, text)
