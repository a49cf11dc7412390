"A processor for nbdev's documentation pass: what the book needs in its pages before any renderer, Quarto or the book's own, sees them."
import ast, json, re
from pathlib import Path

import yaml
from execnb.nbio import mk_cell
from nbdev import processors
from nbdev.config import get_config
from nbdev.process import Processor

from . import claims, exercises, glossary, pace, predict
from .chapters import TOOLS, read_book
from .errors import BookError, place
from .labels import book_labels, resolve_options, resolve_references
from .symbols import drop_source_links, fix_symbol_links, for_documentation, unlink_code

# nbdev has no settings for these three, and runs its processors in processes of their own
processors._do_eval = for_documentation(processors._do_eval)
_begin_docs, _move_exports = processors.exec_show_docs.begin, processors.mv_exports.begin


def _with_the_module(self) -> None:
    "Documentation is written from the package, which has just been exported: nothing is defined twice."
    _begin_docs(self)
    exported, package = re.search(r"#\| *default_exp +(\w+)", Path(self.nb.path_).read_text(encoding="utf-8")), get_config().lib_path.name
    if exported: self.k.run_cell(f"import {package}.{exported[1]} as _module; globals().update({{k: v for k, v in vars(_module).items() if k[:2] != '__'}})")


def _with_a_last_cell(self) -> None:
    "nbdev looks at the cell after each exported one; the last may be exported."
    self.nb.cells.append(mk_cell("", "markdown"))
    _move_exports(self)


processors.exec_show_docs.begin = _with_the_module
processors.mv_exports.begin = _with_a_last_cell


CHAPTER = re.compile(r"([1-8]\d)_")    # the text speaks of chapters by number, so their titles show it; appendices have none
GLOSSARY = "91_notation.ipynb"
_ASIS = "data-noresolveinput"      # Quarto would look for a page that these files become, and warn that there is none
LINE = (TOOLS + f'<span>{{pace}}</span> <a href="notebooks/{{name}}" download {_ASIS}>Notebook</a>'
        f' {{puzzle}}<a href="{{stem}}.md" {_ASIS}>Markdown</a>{{repository}}</p>')
PUZZLE = f'<a href="puzzles/{{name}}" download {_ASIS}>Puzzle</a> '


def repository_links(
    url: str,  # of the public repository; empty while there is none
    path: str,  # of the notebook in it
    branch: str,
) -> str:
    "Links to edit a page, and to run it where the repository is one that Colab can read."
    if not url: return ""
    colab = re.match(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?$", url)
    run = f' <a href="https://colab.research.google.com/github/{colab[1]}/blob/{branch}/{path}">Open in Colab</a>' if colab else ""
    return f' <a href="{url.rstrip("/")}/edit/{branch}/{path}">Edit this page</a>{run}'


def _is_doc(cell) -> bool: return cell.cell_type == "code" and bool(re.match(r"(#\|.*\n)*show_doc\(", cell.source))


def _of_a_value(cell) -> bool:
    "Whether documentation is that of a value: its heading is how it prints, not a name."
    text = "".join("".join((o.get("data") or {}).get("text/markdown", "")) for o in cell.get("outputs", []))
    heading = re.search(r"^#+ (.*)", text, re.M)
    return bool(heading) and not re.fullmatch(r"[\w.]+( \{.*\})?", heading[1].replace("\\", "").strip())


def _raise_headings(cells: list) -> None:
    "Let documentation that comes before any section have headings of the level of sections: none is left out below the title."
    for c in cells:
        if c.cell_type == "markdown" and re.search(r"^## ", c.source, re.M): return
        for o in c.get("outputs", []) if _is_doc(c) else []:
            text = "".join((o.get("data") or {}).get("text/markdown", ""))
            if text: o["data"]["text/markdown"] = re.sub(r"^### ", "## ", text, count=1, flags=re.M).splitlines(True)


def _only_imports(cell) -> bool:
    "Whether a folded cell of code imports and does nothing else."
    if cell.cell_type != "code" or not re.search(r"^#\|\s*code-fold:\s*true", cell.source, re.M): return False
    try: return all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.parse(cell.source).body)
    except SyntaxError: return False


def _joined_streams(
    outputs: list[dict],  # of a code cell
) -> list[dict]:
    "The outputs, with what a cell printed in pieces as one piece: how it was split is the kernel's affair."
    res = []
    for out in outputs:
        last = res[-1] if res else {}
        if out["output_type"] == last.get("output_type") == "stream" and out["name"] == last["name"]:
            last["text"] = "".join(last["text"]) + "".join(out["text"])
        else: res.append(out)
    return res


def _only_markdown(cell) -> bool:
    "Whether a page shows nothing of a code cell but Markdown that it made."
    hidden = re.search(r"^#\|\s*echo:\s*false", cell.source, re.M) and not re.search(r"^#\|\s*label:", cell.source, re.M)
    return bool(cell.cell_type == "code" and hidden and cell.outputs and all("text/markdown" in (o.get("data") or {}) for o in cell.outputs))


UNSEEN = {"export", "hide", "default_exp"}     # cells that no page shows


class CrossReferences(Processor):
    """Turns references to other chapters into links, makes nbdev's own links fit the site, numbers the title, links the terms of the glossary,
    and begins the page with its length and the notebook to download.

    Raises BookError, naming notebook and cell, for a reference to a label that no chapter defines, and for a label defined twice.
    """
    def begin(self):
        path, cfg = Path(self.nb.path_), get_config()
        self.here, self.chapters = path.name, read_book(path.parent)
        if self.here not in self.chapters: raise BookError(f"{self.here} is not a chapter: it does not stand in {path.parent}")
        self.chapter = self.chapters[self.here]
        self.labels = book_labels(self.chapters)
        with_terms = GLOSSARY in self.chapters and self.here not in (GLOSSARY, cfg.get("readme_nb", "index.ipynb"))
        self.terms, self.linked = glossary.read_terms(self.chapters[GLOSSARY]) if with_terms else {}, set()
        self.seconds = pace.run_seconds(path.parent).get(self.here)
        self.numbers = {c.id: c.number for c in self.chapter.cells if c.id}
        self.base = f"{cfg.get('doc_host', '')}{cfg.get('doc_baseurl', '')}"
        self.works = sum(pace.words(f.read_text(encoding="utf-8")) for f in path.parent.glob("*.bib"))
        self.public = cfg.get("git_url", "").strip()
        self.repository = repository_links(self.public, f"{path.parent.name}/{self.here}", cfg.get("branch", "main"))

    def cell(self, cell):
        if cell.source and cell.directives_ and cell.directives_.keys() & UNSEEN:
            del cell["source"]      # nbdev leaves such cells out
            return
        number = self.numbers.get(cell.get("id"))
        if number: cell.metadata["cell"] = number       # so that a renderer's messages name the cell of the source
        if cell.cell_type == "markdown":
            if self.here == exercises.SOLUTIONS: cell.source = exercises.with_question(cell.source, self.chapters, self.labels)
            cell.source = predict.boxes(cell.source, self.printed_below(cell), place(self.here, number))
            cell.source = glossary.link_terms(self.prose(cell.source, number), self.terms, GLOSSARY, self.linked)
            if claims.PLACE in cell.source: cell.source = cell.source.replace(claims.PLACE, claims.every_claim(self.chapters, self.labels))
        elif cell.cell_type == "code":
            cell.source = resolve_options(cell.source, self.here, self.labels, number)
            cell.outputs = _joined_streams(cell.get("outputs", []))
            for out in cell.outputs:
                data = out.get("data") or {}
                if "text/html" in data:     # as HTML, Quarto takes it for a widget and loads two libraries from another host
                    html = "".join(data.pop("text/html")).strip()
                    data["text/markdown"] = f"```{{=html}}\n{html}\n```\n"
                if "text/markdown" not in data: continue
                text = "".join(data["text/markdown"])
                if _is_doc(cell): text = text.replace("__main__.", "")          # where nbdev found it
                if _is_doc(cell): text = re.sub(r"\A\s*---\n\s*", "", text)   # pandoc lists a heading in a div only if it comes first
                if _is_doc(cell): text = f"::: {{.api-doc}}\n{unlink_code(text if self.public else drop_source_links(text))}\n\n:::"
                data["text/markdown"] = self.prose(text, number).splitlines(True)

    def printed_below(self, cell) -> list[str]:
        "What the next few code cells print, nearest first."
        at = next((k for k, c in enumerate(self.nb.cells) if c is cell), 0)
        return [predict.printed(c) for c in self.nb.cells[at + 1:] if c.cell_type == "code"][:predict.CELLS]

    def prose(self, text: str, number: int | None) -> str:
        "References and links of a piece of Markdown, resolved."
        return fix_symbol_links(resolve_references(text, self.here, self.labels, number), self.chapters, self.base, self.chapter)

    def put_imports_below(self) -> None:
        "Name folded imports, and let those at the top follow the first words of the page."
        cells = self.nb.cells
        for c in filter(_only_imports, cells):
            if "code-summary" not in c.source: c.source = '#| code-summary: "Imports"\n' + c.source
        first = next((i for i, c in enumerate(cells) if c.cell_type == "markdown" and c.source.strip()), 0)
        early = [c for c in cells[:first] if _only_imports(c)]
        if early: self.nb.cells = [c for c in cells[:first] if c not in early] + [cells[first], *early] + cells[first + 1:]

    @staticmethod
    def drop_signature(doc) -> None:
        "Leave the signature out of a name's documentation where its source follows."
        for out in doc.outputs:
            if text := (out.get("data") or {}).get("text/markdown"):
                text = re.sub(r"^```python\n.*?^```\n+", "", "".join(text), count=1, flags=re.M | re.S)
                out["data"]["text/markdown"] = text.splitlines(True)

    def end(self):
        self.nb.cells = [c for c in self.nb.cells if getattr(c, "source", None) is not None]
        self.nb.cells = [c for c in self.nb.cells if not (_is_doc(c) and _of_a_value(c))]
        self.put_imports_below()
        _raise_headings(self.nb.cells)
        for doc, source in zip(self.nb.cells, self.nb.cells[1:]):
            if _is_doc(doc) and "exports" in (source.get("directives_") or {}): self.drop_signature(doc)
        for cell in self.nb.cells:      # a cell that only imports has no source worth a heading
            if "exports" in (cell.get("directives_") or {}) and not re.search(r"^(?:@|def |class |async )", cell.source, re.M):
                cell.source = re.sub(r"^#\|\s*code-(?:fold|summary):.*\n", "", cell.source, flags=re.M)
        for cell in self.nb.cells:
            if cell.get("id"): cell["id"] = f"cell-{cell['id']}"    # Quarto makes it the id of a div; a name of the page may be the same
            if _only_markdown(cell):            # with its headings out of the cell's div, where pandoc would not list them
                cell.source = "\n\n".join("".join(o["data"]["text/markdown"]) for o in cell.outputs)
                cell.cell_type = "markdown"
                del cell["outputs"], cell["execution_count"]
        at = next((i + 1 for i, c in enumerate(self.nb.cells) if c.cell_type == "raw"), 0)
        if at and (number := CHAPTER.match(self.here)):
            front = self.nb.cells[at - 1]
            front.source = re.sub(r"^title: *(.*)$", lambda m: f"title: {json.dumps(f'{number[1]} {yaml.safe_load(m[1])}', ensure_ascii=False)}", front.source, count=1, flags=re.M)
        front = self.nb.cells[at - 1].source if at else ""
        more = self.works if "nocite" in front else 0
        puzzle = PUZZLE.format(name=self.here) if any("puzzle" in c.directives for c in self.chapter.cells) else ""
        tools = LINE.format(pace=pace.line(self.nb.cells, self.seconds, more), name=self.here, puzzle=puzzle, stem=Path(self.chapter.page).stem, repository=self.repository)
        self.nb.cells.insert(at, mk_cell(tools, "markdown"))
