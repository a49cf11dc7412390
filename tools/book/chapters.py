"The book's own notebooks: chapters and their cells."
import json, re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from .errors import BookError, place

HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t]*(?:\{([^}\n]*)\})?[ \t]*$", re.M)
_CODE = re.compile(r"^([ \t]*)(`{3,}|~{3,}).*?(?:^[ \t]*\2[`~]*[ \t]*$|\Z)|(`+)(?!`).+?(?<!`)\3(?!`)|<!--.*?-->", re.M | re.S)
TOOLS = '<p class="page-tools">'     # begins the line at the top of a page: its length, and what to download
_HIDING = {"export", "hide", "default_exp"}


def option_value(
    line: str,  # `name: value`
):
    "The value of a cell option, read as YAML; raises yaml.YAMLError for one that needs quotes."
    return next(iter(yaml.safe_load(line).values()))


@dataclass(frozen=True)
class Cell:
    "A cell of a source notebook."
    kind: str       # `markdown`, `code` or `raw`
    source: str     # its text
    number: int     # its position in the notebook, the first is 1
    id: str = ""    # its id in the notebook file

    @property
    def lines(self) -> list[str]:
        "The `#|` lines at the top of a code cell, without the `#|`."
        res = []
        for line in self.source.splitlines():
            m = re.match(r"\s*#\s*\|\s?(.*)", line)
            if m: res.append(m[1].rstrip())
            elif line.strip() and not re.match(r"\s*%%\w", line): break
        return res if self.kind == "code" else []

    @property
    def directives(self) -> set[str]:
        "The words that begin the `#|` lines: `export` for `#| export`, `label` for `#| label: fig-x`."
        return {re.split(r"[:\s]", o.strip(), maxsplit=1)[0] for o in self.lines if o.strip()}

    def option(self, name: str, default=None):
        "The value of a `#| name: value` line, read as YAML."
        for o in self.lines:
            key, colon, value = o.partition(":")
            if colon and key.strip() == name: return option_value(f"x: {value}")
        return default

    @property
    def hidden(self) -> bool:
        "Whether the website leaves the output of this cell out."
        return bool(self.directives & _HIDING) or self.option("include", True) is False or self.option("output", True) is False


def numbered(
    notebook: str,  # file name, such as `14_layer.ipynb`
    number: int,  # of a figure, table or equation in it
) -> str:
    "The number that a reader sees, such as `14.3`; on a page whose file has no number, `3`."
    chapter = re.match(r"\d*", Path(notebook).name)[0]
    return f"{chapter}.{number}" if chapter else str(number)


def page_name(
    notebook: str,  # file name, such as `12_normalize.ipynb`
) -> str:
    "The name of the page that a notebook becomes, such as `normalize.html`: nbdev drops the number."
    return re.sub(r"^\d+[a-zA-Z0-9]*_", "", Path(notebook).stem).lower() + ".html"


@dataclass(frozen=True)
class Chapter:
    "A source notebook of the book."
    name: str                   # the file's name, such as `12_normalize.ipynb`
    title: str                  # its title, as Markdown
    cells: tuple[Cell, ...]

    @property
    def page(self) -> str:
        "The name of the page it becomes."
        return page_name(self.name)


def mask_code(
    text: str,  # Markdown
) -> str:  # the same length, with code and comments as spaces, so that positions still fit
    "Blank out what Markdown does not read as prose."
    return _CODE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def line_of(text: str, position: int) -> int: return text.count("\n", 0, position) + 1


def _text(value) -> str: return "".join(value) if isinstance(value, list) else str(value)


def _title(name: str, cells: tuple[Cell, ...]) -> str:
    "The title of a notebook: from its front matter or its first level-1 heading, as nbdev reads it."
    for c in cells:
        if c.kind == "raw" and (m := re.match(r"\s*---\s*\n(.*?)\n---\s*$", c.source, re.S)):
            if title := (yaml.safe_load(m[1]) or {}).get("title"): return str(title)
        if c.kind == "markdown" and (m := re.search(r"^#\s+(\S.*?)\s*$", c.source, re.M)):
            if "{" in m[1]:
                raise BookError(f"{place(name, c.number)}: the title `{m[1]}` has attributes; leave them out: "
                                "one refers to a chapter by its file name")
            return m[1]
    raise BookError(f"{name}: no title: begin with a Markdown cell `# Title` and a line `> what the reader will be able to say`")


def read_chapter(
    path: Path,  # a notebook
) -> Chapter:
    "Read a source notebook; raise BookError when it is not one or has no title."
    try: nb = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as e: raise BookError(f"{path.name}: not a notebook: {e}") from e
    cells = tuple(Cell(c["cell_type"], _text(c["source"]), n, c.get("id", "")) for n, c in enumerate(nb["cells"], 1))
    return Chapter(path.name, _title(path.name, cells), cells)


def read_book(
    folder: Path,  # the folder of the notebooks
) -> dict[str, Chapter]:  # by file name, in the order of the names
    "Read every chapter of the book."
    files = sorted(p for p in Path(folder).glob("*.ipynb") if p.name[0] not in "._")
    if not files: raise BookError(f"no notebooks in {folder}")
    return _read_book(tuple((p, p.stat().st_mtime_ns) for p in files))


@lru_cache(1)
def _read_book(files: tuple) -> dict[str, Chapter]: return {p.name: read_chapter(p) for p, _ in files}
