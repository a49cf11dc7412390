"A twin of each page in plain Markdown, and `llms.txt`, which lists them: for programs that read, and for anyone with a text editor."
import io, json, re
from pathlib import Path

import panflute as pf

from ..renderer.blocks import Context
from ..book.chapters import TOOLS, page_name
from ..renderer.cells import read_notebook
from ..renderer.config import Entry, read_config
from ..renderer.pandoc import bibliography_keys, pandoc, parse, plain
from .plain import PlainPage, to_markdown
from .search import Record, records

INDEX = "llms.txt"      # https://llmstxt.org


class TwinPage(PlainPage):
    "A page on its way to its twin: what is interactive becomes its picture and caption, and links to the glossary are left out."

    def _rawblock(self, e):
        picture = re.search(r'<img\b[^>]*\bsrc="([^"]+)"[^>]*\balt="([^"]+)"', e.text)
        caption = re.search(r"<figcaption\b[^>]*>(.*?)</figcaption>", e.text, re.S)
        if not picture and "<table" not in e.text: return []
        text = f'<p><img src="{picture[1]}" alt="{picture[2]}"></p><p>{caption[1] if caption else ""}</p>' if picture else e.text
        return list(pf.load(io.StringIO(pandoc(text, "-f", "html", "-t", "json"))).content)

    def _link(self, e):
        if "term" in e.classes: return list(e.content)
        return super()._link(e)


def _twin(page: str) -> str: return f"{Path(page).stem}.md"


def write_twins(
    project: Path,  # folder of the processed notebooks and of `_quarto.yml`
    out: Path,  # folder of the rendered site
) -> list[Record]:  # what is to be found on the pages
    "Write a twin of each page that the sidebar lists, with its pictures, and the list of the twins."
    cfg = read_config(project)
    files = [project / b for b in cfg.bibliography]
    keys, about, found = bibliography_keys(files), {}, []
    twins = {e.href: _twin(page_name(e.href)) for e in cfg.chapters}
    pages = {page_name(name): twin for name, twin in twins.items()}

    def resolve(url: str) -> str:
        "The address of a twin for that of a page or notebook of the book."
        name = url.partition("#")[0].removeprefix("./").lstrip("/")
        return twins.get(name) or pages.get(name) or url

    for name, twin in twins.items():
        nb = json.loads((project / name).read_text(encoding="utf-8"))
        for c in nb["cells"]:
            if "".join(c["source"]).startswith(TOOLS): c["source"] = ""     # it stays, so that pictures are called as on the page
        source = read_notebook(nb, name, f"{Path(twin).stem}_files")
        text = to_markdown(TwinPage(parse(source.text), Context(name, resolve, keys)), source, files, form="gfm")
        (out / twin).write_text(text, encoding="utf-8")
        about[name] = plain(str(source.meta["title"])), plain(str(source.meta.get("description") or ""))
        found += records(parse(source.text), name, page_name(name), *about[name])
        for path, data in source.pictures.items():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_bytes(data)

    def row(e: Entry) -> str:
        title, line = about[e.href]
        return f"- [{title}]({cfg.url and cfg.url.rstrip('/') + '/'}{twins[e.href]})" + (f": {line}" if line else "")

    lines = [f"# {plain(cfg.title)}"] + ([f"> {plain(cfg.description)}"] if cfg.description else [])
    for e in cfg.contents: lines.append(f"## {e.text}\n\n" + "\n".join(row(o) for c in e.contents for o in c.chapters) if e.contents else row(e))
    (out / INDEX).write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return found
