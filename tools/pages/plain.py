"A page as GitHub's Markdown: its text without what only a website can show."
import io
from pathlib import Path

import panflute as pf

from ..renderer.blocks import CALLOUTS, Page
from ..book.labels import KINDS
from ..renderer.cells import Source
from ..book.errors import BookError
from ..renderer.pandoc import parse, write


class PlainPage(Page):
    "A page on its way to GitHub's Markdown: no divs, no scripts, floats as pictures with a caption below."

    def _float(self, name, body, caption):
        head = [pf.Strong(pf.Str(f"{KINDS[name.partition('-')[0]]} {self.numbers[name]}:")), pf.Space] if name else []
        return [*body, pf.Para(*head, *caption)]

    def _table(self, e):
        res = super()._table(e)
        return [b for b in res if not isinstance(b, pf.RawBlock)]

    def _codeblock(self, e):
        e.classes, e.attributes = e.classes[:1], {}

    def _rawblock(self, e): return []

    def _rawinline(self, e): return []

    def _span(self, e): return pf.Strong(*e.content, pf.Str(":")) if "predict-kind" in e.classes else list(e.content)

    def _cite(self, e):
        res = super()._cite(e)
        return list(res.content) if isinstance(res, pf.Link) else res

    def _link(self, e):
        super()._link(e)
        e.attributes, e.classes = {}, []
        return list(e.content) if e.url.startswith("#") else None

    def _image(self, e):
        super()._image(e)
        e.content, e.attributes, e.classes = [pf.Str(e.attributes["alt"])], {}, []

    def _header(self, e):
        super()._header(e)
        e.identifier, e.classes, e.attributes = "", [], {}

    def _div(self, e):
        if e.identifier == "refs": return None
        kind = next((c[8:] for c in e.classes if c.startswith("callout-")), None)
        if kind:
            self._check(e)
            title = e.attributes.get("title") or CALLOUTS.get(kind)
            return pf.BlockQuote(pf.Para(pf.Strong(*parse(title).content[0].content)), *e.content)
        res = super()._div(e)
        return list(e.content) if res is None else res


def to_markdown(
    page: PlainPage,
    source: Source,  # what the page is made of
    bibliography: list[Path],  # BibTeX files
    note: str = "",  # a line to put below the title
    form: str = "gfm-raw_html",  # what pandoc is to write; plain `gfm` writes as HTML a table that Markdown cannot hold
) -> str:
    "The page as Markdown, from its title to its references; raise BookError for a table that the form cannot hold."
    page.number()
    doc = page.render()
    if nocite := source.meta.get("nocite"): doc.metadata["nocite"] = pf.MetaInlines(*parse(str(nocite)).content[0].content)
    if bibliography:
        cited = write(doc, "-t", "json", "--citeproc", *[f"--bibliography={b}" for b in bibliography])
        doc = pf.load(io.StringIO(cited)).walk(lambda e, doc: list(e.content) if isinstance(e, (pf.Div, pf.Span)) else None)
    body = write(doc, "-t", form)
    if "[TABLE]" in body: raise BookError(f"{page.context.page}: a table is too complicated for GitHub's Markdown")
    lead = source.meta.get("description") or source.meta.get("subtitle")
    parts = [f"# {source.meta['title']}", note, f"> {' '.join(str(lead).split())}" if lead else "", body.strip()]
    return "\n\n".join(p for p in parts if p) + "\n"
