"Calls of pandoc, the converter that Quarto uses too, and the book's dialect of Markdown."
import io, re, subprocess
from functools import lru_cache
from pathlib import Path

import panflute as pf
import pypandoc

from ..book.errors import BookError

READER = "markdown+lists_without_preceding_blankline-implicit_header_references-implicit_figures"


@lru_cache(1)
def program() -> str:
    "The path of pandoc."
    return pypandoc.get_pandoc_path()


@lru_cache(1)
def version() -> str: return str(pypandoc.get_pandoc_version())


@lru_cache(256)
def pandoc(
    text: str,  # what to convert
    *args: str,  # pandoc's arguments
) -> str:  # what pandoc writes
    "Run pandoc; raise BookError with its message when it fails or warns of a citation that the bibliography lacks."
    r = subprocess.run([program(), *args], input=text, text=True, capture_output=True, encoding="utf-8")
    problems = [m for m in r.stderr.strip().splitlines() if r.returncode or "[WARNING]" in m]
    if problems: raise BookError("pandoc: " + " ".join(problems))
    return r.stdout


def bibliography_keys(
    files: list[Path],  # BibTeX files
) -> frozenset[str]:
    "The keys of the works that can be cited."
    return frozenset(k for f in files for k in re.findall(r"^@\w+\{([^,\s]+)", f.read_text(encoding="utf-8"), re.M))


def parse(
    text: str,  # Markdown
) -> pf.Doc:
    "Read the book's Markdown into a pandoc document."
    return pf.load(io.StringIO(pandoc(text, "-f", READER, "-t", "json")))


def write(
    doc: pf.Doc,
    *args: str,  # pandoc's arguments, such as `-t html`
) -> str:
    "Write a pandoc document."
    out = io.StringIO()
    pf.dump(doc, out)
    return pandoc(out.getvalue(), "-f", "json", "--wrap=none", *args)


def to_html(
    doc: pf.Doc,
    bibliography: list[Path] = (),  # BibTeX files to cite from; none for a page that cites nothing
) -> str:  # HTML of the body
    "Write a pandoc document as HTML, with citations and formulas marked for KaTeX."
    cite = ["--citeproc", "-M", "link-citations=true", *[f"--bibliography={b}" for b in bibliography]] if bibliography else []
    text = write(doc, "-t", "html", "--katex", "--section-divs", *cite)
    return re.sub(r"<th\b([^>]*)></th>", r"<td\1></td>", text)     # a heading without words is none


@lru_cache(None)
def inline_html(
    text: str,  # one line of Markdown, such as a title
) -> str:
    "A line of Markdown as HTML, without a paragraph around it."
    return pandoc(text, "-f", READER, "-t", "html", "--katex", "--wrap=none").strip().removeprefix("<p>").removesuffix("</p>")


@lru_cache(None)
def plain(
    text: str,  # one line of Markdown
) -> str:
    "A line of Markdown as plain text."
    return " ".join(pf.stringify(parse(text)).split())
