"The whole book as one PDF or EPUB, from the processed notebooks: what folds is open, what moves is a picture, references lead within the book."
import io, json, re, shutil
from pathlib import Path

import matplotlib
import panflute as pf

from ..book.chapters import TOOLS, page_name
from ..book.errors import BookError
from ..book.labels import KINDS
from ..renderer.blocks import CALLOUTS, Context, Page
from ..renderer.cells import read_notebook
from ..renderer.config import Entry, read_config
from ..renderer.pandoc import bibliography_keys, parse, write
from ..renderer.site import picture_size
from . import heads
from .twins import TwinPage

HERE = Path(__file__).resolve().parent
MANY = 12                               # columns: beyond these the words of a table's head stand upright
TEXT_WIDTH = 612                        # pixels: a wider picture is as wide as the text
pf.elements.RAW_FORMATS.add("typst")    # panflute does not know it
_BOX = {"typst:width": "100%", "typst:inset": "(left: 9pt, y: 3pt)", "typst:stroke": '(left: 1.5pt + rgb("#1b7f5c"))'}


class PaperPage(TwinPage):
    "A page on its way to paper: it keeps its numbers and the places that references lead to."

    def __init__(self, doc: pf.Doc, context: Context, form: str):       # form: `typst` or `epub`
        super().__init__(doc, context)
        self.typst, self.prefix = form == "typst", f"{Path(page_name(context.page)).stem}--"

    def render(self) -> pf.Doc:
        self.cell = None
        self.doc.walk(self._render)         # the bibliography is one for the book
        self.doc.walk(self._prefixed)
        return self.doc

    def _prefixed(self, e, doc):
        if getattr(e, "identifier", "") not in ("", "refs"): e.identifier = self.prefix + e.identifier
        if isinstance(e, pf.Div) and not self.typst: e.attributes = {k: v for k, v in e.attributes.items() if not k.startswith("typst:")}

    def _equations(self, block) -> None:
        before = len(self.numbers)
        super()._equations(block)
        if len(self.numbers) > before: block.walk(lambda e, doc: setattr(e, "text", re.sub(r"\s*\\tag\{[\d.]+\}", "", e.text)) if isinstance(e, pf.Math) else None)

    def _split(self, e):
        res = super()._split(e) or [e]
        return [self._numbered(b.content[0]) if isinstance(b, pf.Plain) and len(b.content) == 1 and isinstance(b.content[0], pf.Span) else b for b in res]

    def _numbered(self, span: pf.Span) -> pf.Div:
        "A formula with its number at the right."
        name, formula, raw = span.identifier, span.content[0], lambda text: pf.RawInline(text, format="typst")
        number = f"({self.numbers[name]})"
        row = [raw("#numbered-equation["), formula, raw(f"][{number}]")] if self.typst else [formula, pf.Space, pf.Str(number)]
        return pf.Div(pf.Plain(*row), identifier=name, classes=["equation"])

    def _float(self, name, body, caption):
        head = [pf.Strong(pf.Str(f"{KINDS[name.partition('-')[0]]} {self.numbers[name]}.")), pf.Space] if name else []
        words = pf.Div(pf.Para(*head, *caption), classes=["caption"], attributes={"typst:text:size": "9.2pt"})
        table = name.startswith("tbl-")
        return [pf.Div(*([words, *body] if table else [*body, words]), identifier=name, classes=["float"],
                       attributes={"typst:width": "100%", **({} if table else {"typst:breakable": "false"})})]

    def _rawblock(self, e):
        blocks = pf.Doc(*super()._rawblock(e))
        return list(blocks.walk(lambda b, doc: self._upright(b) if isinstance(b, pf.Table) else None).content)

    def _upright(self, e: pf.Table) -> pf.Block:
        "A table; the words at the head of a very wide one stand upright."
        columns, raw = len(e.colspec), lambda text: pf.RawInline(text, format="typst")
        if columns <= MANY or not self.typst: return e
        for row in e.head.content:
            for cell in list(row.content)[1:]:
                for b in cell.content: b.content = [raw("#rotate(-90deg, reflow: true)["), *b.content, raw("]")]
        e.colspec = [(how, 0.3 if k == 0 else 0.7/(columns - 1)) for k, (how, _) in enumerate(e.colspec)]
        return pf.Div(e, attributes={"typst:text:size": "7pt"})

    def _header(self, e):
        self._check(e)
        e.classes, e.attributes, e.level = [], {}, e.level + 1

    def _image(self, e):
        Page._image(self, e)
        size = self.context.sizes(e.url)
        e.attributes = {"alt": e.attributes["alt"]} | ({"width": "100%"} if size and size[0] > TEXT_WIDTH else {})

    def _cite(self, e):
        res = Page._cite(self, e)
        if isinstance(res, pf.Link): res.url, res.classes = f"#{self.prefix}{res.url[1:]}", []
        return res

    def _link(self, e):
        if "term" in e.classes: return list(e.content)
        Page._link(self, e)
        e.attributes, e.classes = {}, []
        return None if e.url else list(e.content)

    def _span(self, e):
        self._check(e)
        if "predict-kind" in e.classes: return super()._span(e)
        if "aside" in e.classes: return pf.Note(pf.Para(*e.content))
        return None if e.identifier else list(e.content)

    def _div(self, e):
        self._check(e)
        if e.identifier == "refs": return None
        kind = next((c[8:] for c in e.classes if c.startswith("callout-")), None)
        if kind:
            title = parse(e.attributes.get("title") or CALLOUTS[kind]).content[0].content
            return pf.Div(pf.Div(pf.Para(pf.Strong(*title)), attributes={"typst:sticky": "true"}), *e.content, identifier=e.identifier, classes=["callout"], attributes=dict(_BOX))
        if "predict" in e.classes: return pf.Div(*e.content, classes=["callout"], attributes=dict(_BOX))
        if re.match(r"(fig|tbl)-", e.identifier): return self._float(e.identifier, list(e.content)[:-1], list(e.content[-1].content))
        return None if e.identifier else list(e.content)


def whole_book(
    project: Path,  # folder of the processed notebooks and of `_quarto.yml`
    folder: Path,  # where the pictures go
    form: str,  # `typst` or `epub`
    only: set[str] = frozenset(),  # chapters, by file name; none for all
) -> pf.Doc:
    "The chapters in reading order as one document, with the bibliography at its place."
    cfg = read_config(project)
    files = [project / b for b in cfg.bibliography]
    keys = bibliography_keys(files)
    pages = {page_name(e.href): Path(page_name(e.href)).stem for e in cfg.chapters}
    res: list[pf.Block] = []

    def chapter(e: Entry, level: int) -> None:
        stem = pages[page_name(e.href)]

        def resolve(url: str) -> str:
            "Where a link leads within the book; nowhere for what only the website has."
            if re.match(r"[a-z][\w+.-]*:", url) or url in source.pictures: return url
            path, _, anchor = url.partition("#")
            path = path.removeprefix("./").lstrip("/")
            there = stem if not path else pages.get(path) or pages.get(page_name(path)) if path.endswith((".ipynb", ".html")) and "/" not in path else None
            if there: return f"#{there}--{anchor}" if anchor else f"#{there}"
            return url if (project / path).is_file() and not path.endswith(".ipynb") else ""

        nb = json.loads((project / e.href).read_text(encoding="utf-8"))
        nb["cells"] = [c for c in nb["cells"] if not "".join(c["source"]).startswith(TOOLS)]
        source = read_notebook(nb, e.href, f"{stem}_files")

        def size(path: str):
            data = source.pictures.get(path) or ((project / path).read_bytes() if (project / path).is_file() else b"")
            return picture_size(data) if data else None
        page = PaperPage(parse(source.text), Context(e.href, resolve, keys, size), form)
        page.number()
        doc = page.render()
        for path, data in source.pictures.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        res.append(pf.Header(*parse(str(source.meta["title"])).content[0].content, level=level, identifier=stem))
        if number := heads.number(e.href):
            (folder / f"head-{number}.svg").write_text(heads.drawing(number), encoding="utf-8")
            res.append(pf.Para(pf.Image(url=f"head-{number}.svg", attributes={"alt": "", "width": "100%"})))
        if lead := source.meta.get("description"): res.append(pf.Para(pf.Emph(*parse(str(lead)).content[0].content)))
        res.extend(doc.content)

    for e in cfg.contents:
        inside = [o for c in e.contents or [e] for o in c.chapters if not only or o.href in only]
        if e.contents and inside: res.append(pf.Header(*parse(e.text).content[0].content, level=1, identifier=f"part-{len(res)}"))
        for o in inside: chapter(o, 2)
    if not any(isinstance(b, pf.Div) and b.identifier == "refs" for b in res):
        res += [pf.Header(pf.Str("References"), level=2, identifier="references"), pf.Div(identifier="refs")]
    doc = pf.Doc(*res, metadata={"link-citations": True, "nocite": pf.MetaInlines(*parse("@*").content[0].content)} if not only else {"link-citations": True})
    cited = write(doc, "-t", "json", "--citeproc", *[f"--bibliography={b}" for b in files])
    return within(pf.load(io.StringIO(cited)))


def within(doc: pf.Doc) -> pf.Doc:
    "The document with each place named once, and without links to places that it does not have."
    seen: set[str] = set()

    def once(e, doc):
        name = getattr(e, "identifier", "")
        if name in seen: e.identifier = ""
        elif name: seen.add(name)
    doc.walk(once)

    def plain(e, doc):
        dead = isinstance(e, pf.Link) and e.url.startswith("#") and e.url[1:] not in seen
        return list(e.content) if dead or isinstance(e, pf.Cite) else None      # what is cited stands there already
    return doc.walk(plain)


def copy_pictures(doc: pf.Doc, project: Path, folder: Path) -> None:
    "Put the pictures that stand beside the notebooks where the document looks for them."
    def one(e, doc):
        if not isinstance(e, pf.Image) or (folder / e.url).is_file(): return
        if not (project / e.url).is_file(): raise BookError(f"the picture {e.url} is not there")
        (folder / e.url).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / e.url, folder / e.url)
    doc.walk(one)


def write_paper(
    project: Path,  # folder of the processed notebooks
    out: Path,  # the file to write: its ending, .pdf or .epub, says what
    about: dict[str, str],  # title, description, author, version
    only: set[str] = frozenset(),  # chapters, by file name; none for all
) -> Path:  # `out`
    "Write the book for paper or for a reading device."
    form = {".pdf": "typst", ".epub": "epub"}[out.suffix]
    folder = out.parent / f"paper-{form}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    doc = whole_book(project, folder, form, only)
    copy_pictures(doc, project, folder)
    if form == "epub":
        meta = [f"--metadata={k}={v}" for k, v in (("title", f"{about['title']}: {about['description']}"), ("author", about["author"]), ("lang", "en"))]
        write(doc, "-t", "epub3", "--mathml", "--toc", "--toc-depth=2", "--split-level=2", f"--css={HERE / 'paper.css'}", f"--resource-path={folder}", *meta, "-o", str(out))
        return out
    import typst
    text = write(doc, "-t", "typst", "--syntax-highlighting=idiomatic", f"--template={HERE / 'paper.typ'}", *[f"--variable={k}={v}" for k, v in about.items()])
    (folder / "book.typ").write_text(text, encoding="utf-8")
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"          # the letters in the figures
    try: typst.compile(folder / "book.typ", output=out, root=folder, font_paths=[fonts])
    except Exception as e: raise BookError(f"typst: {e}") from e
    return out


def link_papers(
    docs: Path,  # folder of the built site
) -> None:
    "Link on the cover the files of the whole book that are there."
    cover = docs / "index.html"
    links = "".join(f' <a class="whole-book" href="{f.name}" download>{f.suffix[1:].upper()}</a>' for f in sorted(docs.glob("*.pdf")) + sorted(docs.glob("*.epub")))
    text = re.sub(r' <a class="whole-book"[^>]*>\w+</a>', "", cover.read_text(encoding="utf-8"))
    cover.write_text(re.sub(r'(<p class="page-tools">.*?)(</p>)', lambda m: f"{m[1]}{links}{m[2]}", text, count=1, flags=re.S), encoding="utf-8")
