"The whole website: every page read, numbered and rendered, put into the book's frame, and written."
import json, re, shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable
from urllib.parse import quote, unquote

import panflute as pf
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from . import katex
from .blocks import Context, Heading, Page
from ..book.chapters import page_name
from .cells import Source, read_notebook
from .config import Config, Entry, read_config
from ..book.dialect import FRONT
from ..book.errors import BookError, one_error
from .pandoc import bibliography_keys, inline_html, parse, plain, to_html

HERE = Path(__file__).resolve().parent
_UNNUMBERED = re.compile(r"^\d+ ")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


@dataclass
class Chapter:
    "A page of the site."
    name: str                                   # file name of the notebook
    out: str                                    # file name of the page
    source: Source
    text: str = ""                              # HTML of the body
    headings: list[Heading] = field(default_factory=list)
    math: bool = False

    @property
    def title(self) -> str: return plain(str(self.source.meta["title"]))

    @property
    def title_html(self) -> str: return inline_html(str(self.source.meta["title"]))

    @property
    def numbered_title(self) -> str:
        "The title with its number apart, in the colour of its part."
        return re.sub(r"^(\d+) ", r'<span class="chapter-number">\1</span> ', self.title_html)

    @property
    def summary(self) -> str:
        "The line under the title as plain text, for search engines."
        return plain(str(self.source.meta.get("description") or self.source.meta.get("subtitle") or ""))

    @property
    def body_classes(self) -> str: return str(self.source.meta.get("body-classes") or "")

    @property
    def lead(self) -> str:
        "The line under the title."
        text = self.source.meta.get("subtitle") or self.source.meta.get("description")
        return inline_html(str(text)) if text else ""


def picture_size(
    data: bytes,  # an SVG or PNG file
) -> tuple[int, int] | None:  # width and height in pixels, where the file says them
    "The size of a picture, so that a page need not jump when it arrives."
    if data[:8] == b"\x89PNG\r\n\x1a\n": return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    m = re.search(rb'<svg\b[^>]*?\bwidth="([\d.]+)(pt|px)?"[^>]*?\bheight="([\d.]+)(?:pt|px)?"', data[:3000], re.S)
    return tuple(round(float(v) * (4 / 3 if m[2] == b"pt" else 1)) for v in (m[1], m[3])) if m else None


class Site:
    "A project being rendered."

    def __init__(self,
        root: Path,                                         # folder of the processed notebooks and of `_quarto.yml`
        say: Callable[[str], None] = lambda line: None,     # where progress goes
        cache: Path | None = None,                          # folder that keeps KaTeX between builds; None uses the CDN
    ):
        self.config, self.say, self.cache = read_config(root), say, cache
        self.chapters: dict[str, Chapter] = {}
        self.files: set[str] = set()            # other files of the project that pages refer to
        for b in self.config.bibliography: self._read(b)
        self.bibliography = [root / b for b in self.config.bibliography]
        self.keys = bibliography_keys(self.bibliography)

    def _read(self, name: str) -> str:
        path = self.config.root / name
        if not path.is_file(): raise BookError(f"_quarto.yml names {name}, which does not exist")
        return path.read_text(encoding="utf-8")

    # ---- reading

    def read(self) -> None:
        "Read every notebook of the project; raise BookError when the table of contents and the notebooks are not the same."
        for path in sorted(p for p in self.config.root.glob("*.ipynb") if p.name[0] not in "._"):
            page = page_name(path.name)
            source = read_notebook(json.loads(path.read_text(encoding="utf-8")), path.name, f"{Path(page).stem}_files")
            if unknown := sorted(set(source.meta) - FRONT):
                known = ", ".join(sorted(FRONT))
                raise BookError(f"{path.name}: front matter `{unknown[0]}` is not in the book's dialect; it has {known}")
            if not source.meta.get("title"): raise BookError(f"{path.name}: no title")
            self.chapters[path.name] = Chapter(path.name, str(source.meta.get("output-file") or page), source)
        listed = [e.href for e in self.config.chapters]
        problems = [f"_quarto.yml lists {n}, which does not exist" for n in listed if n not in self.chapters]
        problems += [f"_quarto.yml lists {n} twice" for n in sorted({n for n in listed if listed.count(n) > 1})]
        problems += [f"{n} is not in the sidebar of _quarto.yml" for n in self.chapters if n not in listed]
        if problems: raise one_error(problems)

    # ---- addresses

    def resolve(self, url: str, chapter: Chapter | None = None) -> str:
        "The address to write for one in the source: a chapter's page for its notebook; a file that is copied; raise BookError for neither."
        if not url or url.startswith("#") or _SCHEME.match(url): return url
        path, mark, tail = re.match(r"([^?#]*)([?#]?)(.*)", unquote(url)).groups()
        name = path.removeprefix("./").lstrip("/")
        target = self.chapters.get(name) or next((c for c in self.chapters.values() if c.out == name), None)
        if target: return ("" if target is chapter and mark == "#" else quote(target.out)) + mark + tail
        if Path(name).parent.name in ("notebooks", "puzzles") and Path(name).name in self.chapters: return url       # made when pages are finished
        if name.endswith(".md") and any(c.out == f"{name[:-3]}.html" for c in self.chapters.values()): return url       # its twin
        if chapter and name in chapter.source.pictures: return url
        if ".." in Path(name).parts or not (self.config.root / name).is_file():
            raise BookError(f"broken link: {url} is neither a page of the book nor a file beside it")
        self.files.add(name)
        return quote(name) + mark + tail

    def _size(self, chapter: Chapter) -> Callable[[str], tuple[int, int] | None]:
        def size(path: str):
            data = chapter.source.pictures.get(path)
            if data is None and (f := self.config.root / unquote(path)).is_file(): data = f.read_bytes()
            return picture_size(data) if data else None
        return size

    # ---- rendering

    def render(self, chapter: Chapter) -> None:
        "Make the HTML of one chapter's body."
        context = Context(chapter.name, lambda url: self.resolve(url, chapter), self.keys, self._size(chapter))
        try:
            page = Page(parse(chapter.source.text), context)
            page.number()
            doc = page.render()
            if nocite := chapter.source.meta.get("nocite"): doc.metadata["nocite"] = pf.MetaInlines(*parse(str(nocite)).content[0].content)
            chapter.text = to_html(doc, self.bibliography if page.cited or nocite else [])
        except BookError as e: raise e if str(e).startswith(chapter.name) else BookError(f"{chapter.name}: {e}") from e
        chapter.headings = page.headings()
        chapter.math = 'class="math ' in chapter.text or 'class="math ' in chapter.title_html + chapter.lead

    def contents(self, chapter: Chapter) -> list[dict]:
        "The headings of a page as a tree, for the list beside it."
        meta = chapter.source.meta
        if not meta.get("toc", self.config.toc): return []
        res, stack = [], []
        for h in chapter.headings:
            if h.level > int(meta.get("toc-depth", self.config.toc_depth)) or not h.id: continue
            node = {"id": h.id, "text": h.text, "level": h.level, "children": []}
            while stack and stack[-1]["level"] >= h.level: stack.pop()
            (stack[-1]["children"] if stack else res).append(node)
            stack.append(node)
        return res

    def entry(self, e: Entry) -> dict:
        "An entry of the navigation, ready for the template; chapters that belong to one are named without what they have in common with it."
        inside = [self.entry(o) for o in e.contents]
        if not e.href: return {"text": e.text, "href": "", "chapters": inside, "pages": [p for o in inside for p in o["pages"]]}
        chapter = self.chapters.get(e.href)
        href, text = (chapter.out, chapter.title) if chapter else (self.resolve(e.href), e.href)
        text = e.text or (text.partition(": ")[0] if inside else text)
        for o in inside: o["text"] = re.sub(r"^\w", lambda m: m[0].upper(), _UNNUMBERED.sub("", o["text"]).removeprefix(f"{_UNNUMBERED.sub('', text)}: "))
        return {"href": href, "text": text, "chapters": inside, "pages": [href, *(p for o in inside for p in o["pages"])]}

    # ---- writing

    def build(self) -> list[str]:  # the names of the pages
        "Render the whole site into the output folder."
        self.read()
        total = len(self.chapters)
        for n, chapter in enumerate(self.chapters.values(), 1):
            self.render(chapter)
            self.say(f"  rendered [{n}/{total}] {chapter.out}")
        local = katex.fetch(self.cache, self.say) if self.cache and any(c.math for c in self.chapters.values()) else None
        self.write(local)
        return [c.out for c in self.chapters.values()]

    def write(self, local: Path | None) -> None:
        "Put the pages into the frame and write them with all that they need."
        cfg, out = self.config, self.config.out
        env = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                          lstrip_blocks=True)
        template = env.get_template("page.html")
        order = [self.chapters[e.href] for e in cfg.chapters]
        at_build = bool(local and katex.node())     # else the reader's browser sets the formulas
        entries = lambda part: [self.entry(e) for e in part]
        frame = dict(config=cfg, parts=entries(cfg.contents), left=entries(cfg.left), right=entries(cfg.right), server_math=at_build,
                     katex="site_libs/katex" if local else katex.CDN, after_body=[self._read(f) for f in cfg.after_body])
        pages = {c.name: template.render(**frame, page=c, cover=k == 0, contents=self.contents(c),
                                         prev=order[k - 1] if k else None, next=order[k + 1] if k + 1 < len(order) else None)
                 for k, c in enumerate(order)}
        rules = ""
        if at_build: pages, rules = katex.with_lighter_formulas(katex.render_pages(pages, local))
        shutil.rmtree(out, ignore_errors=True)
        (out / "site_libs").mkdir(parents=True)
        for c in order:
            (out / c.out).write_text(pages[c.name], encoding="utf-8")
            for path, data in c.source.pictures.items():
                (out / path).parent.mkdir(parents=True, exist_ok=True)
                (out / path).write_bytes(data)
        for name in sorted({*self.files, *cfg.css, *([cfg.favicon] if cfg.favicon else [])}):
            if not (cfg.root / name).is_file(): raise BookError(f"_quarto.yml names {name}, which does not exist")
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(cfg.root / name, out / name)
        for f in sorted((HERE / "static").iterdir()): shutil.copy(f, out / "site_libs" / f.name)
        if local: katex.copy(local, out / "site_libs" / "katex", script=not at_build, rules=rules)
