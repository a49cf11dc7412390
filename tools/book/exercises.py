"Exercises and their solutions: what an exercise asks, repeated above its solution."
import re

from .chapters import Chapter
from .claims import from_afar
from .errors import BookError
from .labels import Label

SOLUTIONS = "92_solutions.ipynb"
_EXERCISE = re.compile(r"^### (\d+\.\d+) (.*?) \{#sec-\d+-ex-\d+\}[ \t]*\n(.*?)(?=^\[Solution\]|^:::|^#|\Z)", re.M | re.S)
_SOLUTION = re.compile(r"^### .*\{#sec-sol-(\d+)-(\d+)\}[ \t]*$", re.M)


def asked(
    chapter: Chapter,
) -> dict[str, tuple[str, str]]:  # by number, such as `12.3`: title and text
    "The exercises of a chapter."
    return {m[1]: (m[2], m[3].strip()) for c in chapter.cells if c.kind == "markdown" for m in _EXERCISE.finditer(c.source)}


def with_question(
    text: str,  # Markdown of the page of all solutions
    chapters: dict[str, Chapter],
    labels: dict[str, Label],  # every label of the book
) -> str:
    "The Markdown with the exercise's title, what it asks and a link to it at the heading of each solution."
    exercises = {number: (chapter, *e) for chapter in chapters.values() for number, e in asked(chapter).items()}

    def one(m: re.Match) -> str:
        number = f"{m[1]}.{m[2]}"
        if number not in exercises: raise BookError(f"{SOLUTIONS}: there is no exercise {number}, written as `### {number} Title {{#sec-{m[1]}-ex-{m[2]}}}`")
        chapter, title, question = exercises[number]
        shown = f"{from_afar(question, chapter, labels)}\n\n[The exercise]({chapter.name}#sec-{m[1]}-ex-{m[2]})"
        return f"### {number} {title} {{#sec-sol-{m[1]}-{m[2]}}}\n\n" + "\n".join(f"> {line}".rstrip() for line in shown.splitlines())
    return _SOLUTION.sub(one, text)
