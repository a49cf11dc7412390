"What the search finds: a record for each section, for each term of the glossary and for each documented name, indexed by pagefind whoever renders."
import re, subprocess, sys, tempfile, unicodedata
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path

import panflute as pf

from ..book.errors import BookError

FOLDER = "site_libs/pagefind"
CODE, LEAD = 0.1, 5     # the weights of a word of code and of one under a title, where one of prose has 1 and one of a title 7
PAGES = {"solutions": 0.1, "claims": 0.3, "references": 0.3, "8": 0.4, "9": 0.7}      # how much less a record counts: by page, or by the first digit of its notebook
_UNUSED = ("pagefind-ui", "pagefind-modular-ui", "pagefind-component-ui", "pagefind-highlight", "wasm.unknown")


@dataclass
class Record:
    "Something that the search finds by itself."
    url: str
    title: str
    page: str                                       # the title of the page that it stands on
    weight: float                                   # how much it counts
    kind: str = ""                                  # such as `API`; empty for a section
    also: str = ""                                  # of a term, the words by which the text calls it
    lead: str = ""                                  # of a page, the line under its title
    prose: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


def _symbols(tex: str) -> str:
    "A short formula as characters; a longer one as an ellipsis: nobody reads TeX in a list of results."
    def letter(m: re.Match) -> str:
        try: return unicodedata.lookup(f"GREEK SMALL LETTER {m[1].removeprefix('var').upper().replace('LAMBDA', 'LAMDA')}")
        except KeyError: return "\\"
    text = re.sub(r"[\s{}^_&$]|\\[,;!]", "", re.sub(r"\\([A-Za-z]+)", letter, tex))
    return text if len(text) <= 12 and "\\" not in text else "…"


def _plain(e, doc):
    "Formulas as characters, and no keys of labels and works."
    if isinstance(e, pf.Math): return pf.Str(_symbols(e.text))
    if isinstance(e, pf.Cite):
        kind = dict(fig="the figure", tbl="the table", eq="the formula").get(e.citations[0].id.partition("-")[0])
        return pf.Str(kind) if kind else []


def _words(e) -> str:
    "The words of a block, with a space between paragraphs, items and cells."
    if isinstance(e, pf.RawBlock): text = unescape(re.sub(r"<(script|style|noscript)\b.*?</\1>|<[^>]*>", " ", e.text, flags=re.S))
    else:
        parts = [] if isinstance(e, pf.Block) else [pf.stringify(e)]
        e.walk(lambda x, doc: parts.append(pf.stringify(x)) if isinstance(x, (pf.Para, pf.Plain, pf.Header)) else None)
        text = " ".join(parts)
    return " ".join(re.sub(r"\{#[^}]*\}", "", text).split())


def records(
    doc: pf.Doc,  # a page as pandoc reads it; it is changed
    name: str,  # file name of its notebook
    page: str,  # its address
    title: str,
    lead: str,  # the line under its title
) -> list[Record]:
    "What is to be found on a page, in its order: the page itself first."
    weight = PAGES.get(Path(page).stem, PAGES.get(name[0], 1))
    res = [Record(page, title, title, weight, "Solution" if page == "solutions.html" else "", lead=lead)]
    add = lambda anchor, text, kind="": res.append(Record(f"{page}#{anchor}", text, title, weight, kind or res[0].kind))

    def visit(blocks, kind: str = ""):
        for b in blocks:
            term = b.content[0] if isinstance(b, pf.Para) and b.content and isinstance(b.content[0], pf.Span) else None
            if isinstance(b, pf.Header) and b.identifier: add(b.identifier, _words(b), kind)
            elif term and term.identifier.startswith("term-"):
                add(term.identifier, _words(term), "Glossary")
                res[-1].prose, res[-1].also = [_words(b)], term.attributes.get("data-forms", "")
            elif isinstance(b, pf.Div): visit(b.content, "API" if "api-doc" in b.classes else kind)
            elif isinstance(b, pf.CodeBlock): res[-1].code.append(b.text)
            elif "page-tools" not in getattr(b, "text", "") and getattr(b, "format", "html") == "html": res[-1].prose.append(_words(b))
    visit(doc.walk(_plain).content)
    return [r for r in res if r.kind != "API" or " " not in r.title]       # the documentation of a value is headed by how it prints


def as_html(r: Record) -> str:
    "A record as pagefind reads it."
    about = dict(link=r.url, page=r.page, kind=r.kind, also=r.also, weight=str(r.weight))
    meta = "".join(f'<i data-pagefind-ignore data-pagefind-meta="{k}">{escape(v)}</i>' for k, v in about.items() if v)
    parts = [p for name in re.findall(r"\w+(?:\.\w+)+", " ".join(r.prose)) for p in name.split(".")]      # of dotted names, each by itself
    lead = f'<p data-pagefind-weight="{LEAD}">{escape(r.lead)}</p>' if r.lead else ""
    prose = lead + "".join(f"<p>{escape(t)}</p>" for t in [*r.prose, r.also] if t)
    code = "".join(f'<pre data-pagefind-weight="{w}">{escape(t)}</pre>' for t, w in [(" ".join(parts), 0.5), *((c, CODE) for c in r.code)] if t)
    return f'<html lang="en"><body data-pagefind-body><h1>{escape(r.title)}</h1>{meta}{prose}{code}</body></html>'


def write_index(
    found: list[Record],
    out: Path,  # folder of the rendered site
) -> None:
    "Index the records; raise BookError when pagefind fails. What it brings of windows of its own is left out."
    with tempfile.TemporaryDirectory() as tmp:
        for k, r in enumerate(found): (Path(tmp) / f"{k}.html").write_text(as_html(r), encoding="utf-8")
        r = subprocess.run([sys.executable, "-m", "pagefind", "--site", tmp, "--output-path", str(out / FOLDER)], capture_output=True, text=True)
    if r.returncode: raise BookError(f"pagefind could not index the book: {(r.stdout + r.stderr).strip()[-400:]}")
    for f in (out / FOLDER).iterdir():
        if f.name.startswith(_UNUSED): f.unlink()
