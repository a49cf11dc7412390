"A processor for nbdev's documentation pass: what the book needs in its pages before any renderer, Quarto or the book's own, sees them."
import json, re
from pathlib import Path

import yaml
from execnb.nbio import mk_cell
from nbdev.config import get_config
from nbdev.process import Processor

from .book import book_labels, drop_source_links, fix_symbol_links, read_book, resolve_options, resolve_references, unlink_code
from .errors import BookError

CHAPTER = re.compile(r"([1-8]\d)_")    # the text speaks of chapters by number, so their titles show it; appendices have none
TOOLS = '<p class="page-tools">'
DOWNLOAD = TOOLS + '<a href="notebooks/{name}" download>Download this page as a notebook</a></p>'


def _is_doc(cell) -> bool: return cell.cell_type == "code" and bool(re.match(r"(#\|.*\n)*show_doc\(", cell.source))


class CrossReferences(Processor):
    """Turns references to other chapters into links, makes nbdev's own links fit the site, numbers the title, and offers the notebook for download.

    Raises BookError, naming notebook and cell, for a reference to a label that no chapter defines, and for a label defined twice.
    """
    def begin(self):
        path, cfg = Path(self.nb.path_), get_config()
        self.here, self.chapters = path.name, read_book(path.parent)
        if self.here not in self.chapters: raise BookError(f"{self.here} is not a chapter: it does not stand in {path.parent}")
        self.labels = book_labels(self.chapters)
        self.numbers = {c.id: c.number for c in self.chapters[self.here].cells if c.id}
        self.base = f"{cfg.get('doc_host', '')}{cfg.get('doc_baseurl', '')}"
        self.public = bool(cfg.get("git_url", "").strip())

    def cell(self, cell):
        number = self.numbers.get(cell.get("id"))
        if number: cell.metadata["cell"] = number       # so that a renderer's messages name the cell of the source
        if cell.cell_type == "markdown": cell.source = self.prose(cell.source, number)
        elif cell.cell_type == "code":
            cell.source = resolve_options(cell.source, self.here, self.labels, number)
            for out in cell.get("outputs", []):
                data = out.get("data") or {}
                if "text/markdown" not in data: continue
                text = "".join(data["text/markdown"])
                if _is_doc(cell): text = f"::: {{.api-doc}}\n{unlink_code(text if self.public else drop_source_links(text))}\n\n:::"
                data["text/markdown"] = self.prose(text, number).splitlines(True)

    def prose(self, text: str, number: int | None) -> str:
        "References and links of a piece of Markdown, resolved."
        return fix_symbol_links(resolve_references(text, self.here, self.labels, number), self.chapters, self.base)

    @staticmethod
    def drop_signature(doc) -> None:
        "Leave the signature out of a name's documentation where its source follows."
        for out in doc.outputs:
            if text := (out.get("data") or {}).get("text/markdown"):
                text = re.sub(r"^```python\n.*?^```\n+", "", "".join(text), count=1, flags=re.M | re.S)
                out["data"]["text/markdown"] = text.splitlines(True)

    def end(self):
        for doc, source in zip(self.nb.cells, self.nb.cells[1:]):
            if _is_doc(doc) and "exports" in (source.get("directives_") or {}): self.drop_signature(doc)
        for cell in self.nb.cells:      # a cell that only imports has no source worth a heading
            if "exports" in (cell.get("directives_") or {}) and not re.search(r"^(?:@|def |class |async )", cell.source, re.M):
                cell.source = re.sub(r"^#\|\s*code-(?:fold|summary):.*\n", "", cell.source, flags=re.M)
        at = next((i + 1 for i, c in enumerate(self.nb.cells) if c.cell_type == "raw"), 0)
        if at and (number := CHAPTER.match(self.here)):
            front = self.nb.cells[at - 1]
            front.source = re.sub(r"^title: *(.*)$", lambda m: f"title: {json.dumps(f'{number[1]} {yaml.safe_load(m[1])}', ensure_ascii=False)}", front.source, count=1, flags=re.M)
        self.nb.cells.insert(at, mk_cell(DOWNLOAD.format(name=self.here), "markdown"))
