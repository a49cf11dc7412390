"The pandoc document of one page, brought from Quarto's dialect to HTML like Quarto's: floats, references, callouts, notes, code."
import html, re
from dataclasses import dataclass
from typing import Callable

import panflute as pf

from ..book.chapters import numbered
from ..book.labels import KINDS, LABEL
from .cells import MARK
from ..book.errors import BookError, place
from .pandoc import inline_html

CALLOUTS = dict(note="Note", tip="Tip", warning="Warning", important="Important", caution="Caution")
# Classes and ids to which Quarto gives a meaning that this renderer does not, so that nothing is lost without a word.
_QUARTO_CLASS = re.compile(r"panel-.*|columns?|column-(?!margin$).*|content-(?:visible|hidden)|grid|g-col-.*|theorem|proof|remark|solution|"
                           r"fragment|incremental|unnumbered-list|hidden|callout|tabset.*|layout.*|quarto-.*|lightbox|margin-caption")
_QUARTO_ID = re.compile(r"(?:lst|thm|lem|cor|prp|cnj|def|exm|exr|alg|rem|sol|nte|tip|wrn|imp|cau|suppfig|apx)-")
_ATTRIBUTES = {"title", "collapse", "fig-alt", "width", "height", "code-fold", "code-summary", "style", "role", "lang", "target", "rel",
               "download", "start", "href"}


@dataclass
class Heading:
    "A heading of a page, for the list of its contents."
    level: int
    id: str
    text: str


@dataclass
class Context:
    "What the transformation of one page needs to know of the rest of the book."
    page: str                                       # the notebook's name, for messages
    resolve: Callable[[str], str]                   # the address to write for an address in the source; raises BookError
    keys: frozenset[str] = frozenset()              # the works that can be cited
    sizes: Callable[[str], tuple[int, int] | None] = lambda path: None      # width and height of a picture


def _raw(text: str) -> pf.RawBlock: return pf.RawBlock(text, format="html")


def _div_id(name: str) -> bool: return bool(re.match(r"(fig|tbl)-", name or ""))


class Page:
    "One page's document on its way to HTML: `number` first, then `render`."

    def __init__(self,
        doc: pf.Doc,        # as pandoc read it, with marks before each cell
        context: Context,
    ):
        self.doc, self.context, self.cell = doc, context, None
        self.numbers, self.count, self.captions, self.cited = {}, {}, {}, False

    def fail(self, message: str) -> None: raise BookError(f"{place(self.context.page, self.cell)}: {message}")

    # ---- first pass: what has which number

    def number(self) -> dict[str, str]:
        "Number the floats and equations of the page in their order; the number of each label."
        self.doc.walk(self._number)
        return self.numbers

    def _add(self, name: str) -> str:
        if not LABEL.fullmatch(name): self.fail(f"label `{name}` is not letters, digits and hyphens")
        if name in self.numbers: self.fail(f"label `{name}` is defined twice")
        kind = name.partition("-")[0]
        self.count[kind] = self.count.get(kind, 0) + 1
        self.numbers[name] = numbered(self.context.page, self.count[kind])
        return self.numbers[name]

    def _number(self, e, doc):
        if self._mark(e): return
        if isinstance(e, pf.Div) and _div_id(e.identifier): self._add(e.identifier)
        elif isinstance(e, pf.Table) and e.identifier: self._add(e.identifier)
        elif isinstance(e, pf.Image) and e.identifier: self._add(e.identifier)
        elif isinstance(e, (pf.Para, pf.Plain)): self._equations(e)

    def _mark(self, e) -> bool:
        "Note which cell begins at a mark."
        if not (isinstance(e, pf.RawBlock) and e.format == MARK): return False
        self.cell = None if e.text == "null" else int(e.text)
        return True

    def _equations(self, block) -> None:
        "Give each labelled formula its number, and a place that links can go to."
        items = list(block.content)
        for k, x in enumerate(items):
            if not (isinstance(x, pf.Str) and (m := re.match(r"\{#([^}]*)\}(.*)", x.text))): continue
            before = next((j for j in range(k - 1, -1, -1) if not isinstance(items[j], (pf.Space, pf.SoftBreak))), None)
            shown = before is not None and isinstance(items[before], pf.Math) and items[before].format == "DisplayMath"
            if not shown or not m[1].startswith("eq-"):
                self.fail(f"`{x.text}` labels nothing: it belongs on the line that ends a formula `$$`, as {{#eq-name}}")
            formula = items[before]
            formula.text = f"{formula.text.rstrip()} \\tag{{{self._add(m[1])}}}"
            items[before] = pf.Span(formula, identifier=m[1], classes=["equation"])
            items[k] = pf.Str(m[2])
        block.content = [x for x in items if not (isinstance(x, pf.Str) and not x.text)]

    # ---- headings

    def headings(self) -> list[Heading]:
        "The headings of the rendered page in their order."
        res = []

        def visit(blocks):
            for b in blocks:
                if isinstance(b, pf.Header): res.append(Heading(b.level, b.identifier, " ".join(pf.stringify(b).split())))
                elif isinstance(b, pf.Div): visit(b.content)
        visit(self.doc.content)
        return res

    # ---- second pass: HTML

    def render(self) -> pf.Doc:
        "Change the document into what pandoc writes as the page's HTML."
        self.cell = None
        self.doc.walk(self._render)
        if self.cited and not any(isinstance(b, pf.Div) and b.identifier == "refs" for b in self.doc.content):
            title = pf.Header(pf.Str("References"), level=2, identifier="references", classes=["unnumbered"])
            self.doc.content.extend([title, pf.Div(identifier="refs")])
        return self.doc

    def _render(self, e, doc):
        if self._mark(e): return []
        action = getattr(self, f"_{type(e).__name__.lower()}", None)
        return action(e) if action else None

    def _check(self, e) -> None:
        "Raise BookError for an element to which Quarto would give a meaning of its own."
        for c in e.classes:
            if c.startswith("callout-") and c[8:] not in CALLOUTS: self.fail(f"callout `{c}` is unknown; there are {', '.join(CALLOUTS)}")
            if _QUARTO_CLASS.fullmatch(c): self.fail(f"class `{c}` is not in the book's dialect")
        if _QUARTO_ID.match(e.identifier):
            self.fail(f"`#{e.identifier}`: references to this kind are not in the book's dialect; it has {', '.join(KINDS)}")
        for a in e.attributes:
            if a not in _ATTRIBUTES and not a.startswith(("data-", "aria-")): self.fail(f"attribute `{a}` is not in the book's dialect")

    def _header(self, e):
        self._check(e)
        if e.level == 1: self.fail(f"`# {pf.stringify(e)}`: the page's title is its only heading of level 1; use ##")
        e.classes.append("anchored")

    def _cite(self, e):
        names = [c.id for c in e.citations]
        if not any(re.match(rf"(?:{'|'.join(KINDS)})-", n) for n in names):
            for n in names:
                if n not in self.context.keys: self.fail(f"@{n} is not in the bibliography")
            self.cited = True
            return None
        if len(names) > 1 or e.citations[0].prefix or e.citations[0].suffix or e.citations[0].mode != "AuthorInText":
            self.fail(f"write references bare, as in `@{names[0]}`, not in brackets")
        if names[0] not in self.numbers: self.fail(f"@{names[0]} names no label of this page")
        text = f"{KINDS[names[0].partition('-')[0]]}\u00a0{self.numbers[names[0]]}"
        return pf.Link(pf.Str(text), url=f"#{names[0]}", classes=["quarto-xref"])

    def _link(self, e):
        self._check(e)
        try: e.url = self.context.resolve(e.url)
        except BookError as err: self.fail(str(err))

    def _image(self, e):
        self._check(e)
        alt = e.attributes.pop("fig-alt", "") or pf.stringify(e)
        if not alt.strip(): self.fail(f"picture {e.url} has no alt text: add fig-alt=\"…\" that says its finding")
        try: e.url, size = self.context.resolve(e.url), self.context.sizes(e.url)
        except BookError as err: self.fail(str(err))
        if size: e.attributes.update(dict(zip(("width", "height"), map(str, size))))
        e.classes += ["img-fluid", "figure-img"]
        e.attributes["alt"] = alt
        self.captions[id(e)] = e, list(e.content)       # for the paragraph around it; holding e keeps its id its own
        e.content = []

    def _para(self, e):
        if len(e.content) != 1 or not isinstance(e.content[0], pf.Image): return self._split(e)
        image = e.content[0]
        caption, name, image.identifier = self.captions[id(image)][1], image.identifier, ""
        if not caption and not name: return None
        if name and not name.startswith("fig-"): self.fail(f"a picture is labelled fig-…, not `{name}`")
        if not caption: self.fail(f"`{name}` needs a caption")
        return self._float(name, [pf.Plain(image)], caption)

    def _split(self, e):
        "A paragraph with displayed formulas as pieces, so that a formula may be wider than the lines of text."
        shown = lambda x: isinstance(x, pf.Math) and x.format == "DisplayMath" or isinstance(x, pf.Span) and "equation" in x.classes
        if not any(map(shown, e.content)): return None
        res = [[]]
        for x in e.content:
            if shown(x): res += [x, []]
            elif res[-1] or not isinstance(x, (pf.Space, pf.SoftBreak)): res[-1].append(x)
        return [pf.Plain(r) if not isinstance(r, list) else pf.Para(*r) for r in res if r]

    def _float(self, name: str, body: list, caption: list) -> list:
        "A figure or a table with its number and caption, as Quarto writes it."
        kind = name.partition("-")[0] or "fig"
        head = [pf.Span(pf.Str(f"{KINDS[kind]}\u00a0{self.numbers[name]}:"), classes=["float-number"]), pf.Space] if name else []
        label = f' id="{name}"' if name else ""
        start = [_raw(f'<div{label} class="quarto-float quarto-figure quarto-figure-center">'
                      f'<figure class="quarto-float quarto-float-{kind} figure">')]
        text = [_raw(f'<figcaption class="figure-caption quarto-float-caption quarto-float-{kind}">'), pf.Plain(*head, *caption),
                _raw("</figcaption>")]
        return start + (text + body if kind == "tbl" else body + text) + [_raw("</figure></div>")]

    def _table(self, e):
        self._check(e)
        e.classes += ["table"]
        body = [_raw('<div class="table-scroll">'), e, _raw("</div>")]
        if not e.identifier:
            return body
        if not e.identifier.startswith("tbl-"): self.fail(f"a table is labelled tbl-…, not `{e.identifier}`")
        caption = list(e.caption.content[0].content) if e.caption and e.caption.content else self.fail(f"`{e.identifier}` needs a caption")
        name, e.identifier, e.caption = e.identifier, "", pf.Caption()
        return self._float(name, body, caption)

    def _codeblock(self, e):
        self._check(e)
        if any(c.startswith("{") for c in e.classes): self.fail("code that a renderer would run is not in the book's dialect")
        if not e.classes: return None           # what a cell printed, or a listing in no language
        fold, summary = e.attributes.pop("code-fold", None), e.attributes.pop("code-summary", "Code")
        res = [_raw('<div class="code-copy-outer-scaffold">'), e, _raw("</div>")]        # the script of the frame puts a button to copy into it
        if not fold: return res
        state = " open" if fold == "show" else ""
        return [_raw(f'<details class="code-fold"{state}><summary>{html.escape(summary)}</summary>'), *res, _raw("</details>")]

    def _rawblock(self, e):
        if e.format != "html": self.fail(f"raw {e.format} is not in the book's dialect; raw HTML is")
        e.text = self._raw_links(e.text)
        if "<table" in e.text and "table-scroll" not in e.text: e.text = f'<div class="table-scroll">{e.text}</div>'

    def _rawinline(self, e):
        if e.format != "html": self.fail(f"raw {e.format} is not in the book's dialect; raw HTML is")
        e.text = self._raw_links(e.text)

    def _raw_links(self, text: str) -> str:
        "Resolve the addresses in raw HTML."
        def one(m):
            try: return f"{m[1]}{html.escape(self.context.resolve(html.unescape(m[3])))}{m[2]}"
            except BookError as err: self.fail(str(err))
        return re.sub(r"""(<(?:a|img|source|video|audio|iframe|script|link)\b[^>]*?\s(?:src|href)=(["']))(.*?)\2""", one, text, flags=re.S)

    def _span(self, e):
        self._check(e)
        if "aside" in e.classes: e.classes += ["column-margin", "margin-aside"]

    def _div(self, e):
        if e.identifier == "refs": self.cited = True
        self._check(e)
        kind = next((c[8:] for c in e.classes if c.startswith("callout-")), None)
        if kind: return self._callout(e, kind)
        if e.attributes.keys() & {"collapse", "title"}: self.fail("`collapse` and `title` belong to a callout")
        if _div_id(e.identifier):
            *body, last = e.content
            if not body or not isinstance(last, (pf.Para, pf.Plain)):
                self.fail(f"`{e.identifier}` needs a last paragraph, its caption, below what it shows")
            return self._float(e.identifier, body, list(last.content))
        return None

    def _callout(self, e, kind: str) -> list:
        "A callout; one that collapses is a `details`, which works by keyboard and without a script."
        more = [a for a in e.attributes if a not in ("title", "collapse")]
        if more: self.fail(f"callout attribute `{more[0]}` is not in the book's dialect; it has title and collapse")
        body, title = [pf.Para(*b.content) if isinstance(b, pf.Plain) else b for b in e.content], e.attributes.get("title")
        if title is not None: heading = [_raw(inline_html(title))]
        elif body and isinstance(body[0], pf.Header): heading = [pf.Plain(*body.pop(0).content)]
        else: heading = [_raw(CALLOUTS[kind])]
        folds = {"true": "", "false": " open", None: None}
        if e.attributes.get("collapse") not in folds: self.fail(f"collapse is true or false, not {e.attributes['collapse']}")
        state = folds[e.attributes.get("collapse")]
        outer, inner = ("div", "div") if state is None else ("details", "summary")
        name = f' id="{e.identifier}"' if e.identifier else ""
        extra = "".join(f" {c}" for c in e.classes if not c.startswith("callout-"))
        return [_raw(f'<{outer}{name} class="callout callout-style-default callout-{kind} callout-titled{extra}"{state or ""}>'
                     f'<{inner} class="callout-header"><span class="callout-icon-container" aria-hidden="true">'
                     '<i class="callout-icon"></i></span><span class="callout-title-container">'),
                *heading, _raw(f'</span></{inner}><div class="callout-body-container callout-body">'), *body, _raw(f"</div></{outer}>")]
