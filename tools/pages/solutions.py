"The solution of each exercise, folded under it, from the page of all solutions: the same for either renderer."
import re
from pathlib import Path

from ..book.chapters import page_name
from ..book.errors import BookError
from ..book.exercises import SOLUTIONS

_LINK = re.compile(rf'<p><a href="(?:\./)?{page_name(SOLUTIONS)}#(sec-sol-[\d-]+)"[^>]*>Solution</a></p>')
_ID = re.compile(r'\bid="([^"]+)"')


def section(
    text: str,  # HTML of a page
    name: str,  # id of a section in it
) -> str | None:  # what stands between its tags
    "The contents of a section, with those of the sections in it."
    start = re.search(rf'<section id="{re.escape(name)}"[^>]*>', text)
    if not start: return None
    depth = 1
    for m in re.finditer(r"<(/?)section\b", text[start.end():]):
        depth += -1 if m[1] else 1
        if not depth: return text[start.end():start.end() + m.start()]
    return None


def folded(
    name: str,  # id of a solution
    body: str,  # the contents of its section
    page: str,  # HTML of the page that it goes to
) -> str:
    "A solution as a fold for another page: without heading and question, its ids its own, its links right from there."
    body = re.sub(r"\A\s*<h3\b.*?</h3>\s*<blockquote\b.*?</blockquote>", "", body, count=1, flags=re.S)
    own, home = set(_ID.findall(body)), page_name(SOLUTIONS)
    new = lambda i: f"here-{i}" if i in own else i
    body = _ID.sub(lambda m: f'id="{new(m[1])}"', body)
    body = re.sub(r'\b(aria-[a-z]+|for|data-bs-target)="(#?)([^"]+)"', lambda m: f'{m[1]}="{m[2]}{new(m[3])}"', body)
    near = lambda i: f"#{new(i)}" if i in own or f'id="{i}"' in page else f"{home}#{i}"
    body = re.sub(r'\bhref="#([^"]+)"', lambda m: f'href="{near(m[1])}"', body)
    body = re.sub(r"<img(?![^>]*\bloading=)", '<img loading="lazy"', body)
    return (f'<details class="callout callout-style-default callout-tip callout-titled solution"><summary class="callout-header">'
            '<span class="callout-icon-container" aria-hidden="true"><i class="callout-icon"></i></span><span class="callout-title-container">'
            f'Solution</span></summary><div class="callout-body-container callout-body">{body}'
            f'<p class="solution-home"><a href="{home}#{name}">On the page of all solutions</a></p></div></details>')


def fold_solutions(
    out: Path,  # folder of the rendered site
) -> None:
    "Put each solution under its exercise, where a link to it stands alone; raise BookError for one that is not there."
    path = out / page_name(SOLUTIONS)
    if not path.is_file(): return
    solutions = path.read_text(encoding="utf-8")
    for f in sorted(out.glob("*.html")):
        text = f.read_text(encoding="utf-8")

        def one(m: re.Match) -> str:
            if (body := section(solutions, m[1])) is None: raise BookError(f"{f.name}: {path.name} has no section {m[1]}")
            return folded(m[1], body, text)
        if f != path and (new := _LINK.sub(one, text)) != text: f.write_text(new, encoding="utf-8")
