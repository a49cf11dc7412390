"The book's own notebooks: chapters and their cells, the labels they define, and the references that name them."
import ast, difflib, json, re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from .errors import BookError, one_error, place

KINDS = dict(fig="Figure", eq="Equation", tbl="Table", sec="Section")
_KIND = "|".join(KINDS)
LABEL = re.compile(rf"(?:{_KIND})-[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?")
_DEFINED = re.compile(rf"\{{#((?:{_KIND})-[^\s}}]*)")
REFERENCE = re.compile(rf"(?<![\w@/.`#])@({LABEL.pattern})")
_GROUPED = re.compile(rf"(?<!\^)\[[^\]\[\n]*@(?:{_KIND})-[^\]\[\n]*\](?![{{(])|(?<!\w)-@(?:{_KIND})-")
LOCAL = re.compile(r"\]\((#[^)\s]+)\)")        # the address of a link within a page
_RECAP = re.compile(r"^## Recap\b[^\n]*\n(.*?)(?=^#{1,2} |\Z)", re.M | re.S)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t]*(?:\{([^}\n]*)\})?[ \t]*$", re.M)
_CODE = re.compile(r"^([ \t]*)(`{3,}|~{3,}).*?(?:^[ \t]*\2[`~]*[ \t]*$|\Z)|(`+)(?!`).+?(?<!`)\3(?!`)|<!--.*?-->", re.M | re.S)
# What nbdev or the book's own tools understand after `#|` without a colon; Quarto's options have one.
DIRECTIVES = {"export", "exports", "exporti", "hide", "hide_line", "default_exp", "exec_doc", "filter_stream", "puzzle", "slow", "volatile"}
OPTIONS = {"label", "fig-cap", "fig-alt", "tbl-cap", "code-fold", "code-summary", "echo", "output", "include", "eval"}
_HIDING = {"export", "exporti", "hide", "default_exp"}


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


@dataclass(frozen=True)
class Label:
    "A thing in the book that can be referred to."
    name: str           # such as `fig-saturated`
    chapter: Chapter
    cell: int           # number of the cell that defines it
    number: int         # its number among those of its kind in the chapter; a section's is not printed
    title: str = ""     # of a section, its heading

    @property
    def kind(self) -> str: return self.name.partition("-")[0]


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


def chapter_labels(
    chapter: Chapter,
) -> list[Label]:  # in the order in which the page shows them
    "The labels that a chapter defines, numbered as Quarto numbers them; raise BookError for one that nothing can show."
    res, count = [], dict.fromkeys(KINDS, 0)

    def add(name: str, cell: Cell, title: str = ""):
        if not LABEL.fullmatch(name):
            raise BookError(f"{place(chapter.name, cell.number)}: label `{name}` is not letters, digits and hyphens")
        kind = name.partition("-")[0]
        count[kind] += 1
        res.append(Label(name, chapter, cell.number, count[kind], title))

    for c in chapter.cells:
        if c.kind == "code":
            name = str(c.option("label", "") or "")
            if not re.match(rf"(?:{_KIND})-", name): continue
            if name.startswith(("eq-", "sec-")):
                raise BookError(f"{place(chapter.name, c.number)}: a code cell cannot be `{name}`: use fig- or tbl-")
            if c.hidden: raise BookError(f"{place(chapter.name, c.number)}: `{name}` labels a cell whose output is hidden")
            add(name, c)
        elif c.kind == "markdown":
            prose = mask_code(c.source)
            heads = {m.start(): m for m in _HEADING.finditer(prose)}
            for m in _DEFINED.finditer(prose):
                start = prose.rfind("\n", 0, m.start()) + 1
                if m[1].startswith("sec-") and start not in heads:
                    raise BookError(f"{place(chapter.name, c.number, line_of(prose, m.start()))}: `{m[1]}` is not on a heading")
                title = re.sub(r"\s*\{[^}]*\}\s*$", "", c.source[start:].split("\n", 1)[0]).lstrip("# ") if start in heads else ""
                add(m[1], c, title)
    return res


def book_labels(
    chapters: dict[str, Chapter],
) -> dict[str, Label]:
    "Every label of the book by its name; raise BookError for one that is defined twice."
    labels, problems = {}, []
    for chapter in chapters.values():
        for label in chapter_labels(chapter):
            first = labels.setdefault(label.name, label)
            if first is not label:
                where = place(first.chapter.name, first.cell)
                problems.append(f"{place(chapter.name, label.cell)}: label `{label.name}` is already defined in {where}")
    if problems: raise one_error(problems)
    return labels


def _link(label: Label, here: str) -> str | None:
    "The Markdown link for a reference to `label` in the notebook `here`; None where the renderer makes it."
    near = label.chapter.name == here
    target = ("" if near else label.chapter.name) + f"#{label.name}"
    if label.kind == "sec": return f"[{label.title}]({target})" + ("" if near else f" in [{label.chapter.title}]({label.chapter.name})")
    return None if near else f"[{KINDS[label.kind]}\u00a0{label.number} of {label.chapter.title}]({target})"


def resolve_references(
    text: str,  # Markdown
    here: str,  # file name of the notebook it stands in
    labels: dict[str, Label],  # every label of the book
    cell: int | None = None,  # number of the cell, for messages
) -> str:  # the Markdown with references to other chapters, and to sections, as links
    "Turn `@fig-x` into a link where a Quarto website does not; raise BookError for a label that does not exist."
    prose = mask_code(text)
    where = lambda m: place(here, cell, line_of(prose, m.start()))
    if m := _GROUPED.search(prose):
        raise BookError(f"{where(m)}: write references bare, as in `@fig-x and @fig-y`, not in brackets or with a minus sign")
    res, last = [], 0
    for m in REFERENCE.finditer(prose):
        label = labels.get(m[1])
        if not label:
            near = difflib.get_close_matches(m[1], labels, 1)
            raise BookError(f"{where(m)}: @{m[1]} names no label of the book" + (f"; did you mean @{near[0]}?" if near else ""))
        res += [text[last:m.start()], _link(label, here) or m[0]]
        last = m.end()
    return "".join([*res, text[last:]])


def recap(
    chapter: Chapter,
) -> list[str]:  # Markdown, one line each; empty for a chapter without a recap
    "The claims in a chapter's recap; raise BookError for one that links to nothing that shows it."
    for c in chapter.cells:
        if c.kind != "markdown" or not (m := _RECAP.search(c.source)): continue
        res = [" ".join(item.split()) for item in re.split(r"^- ", m[1], flags=re.M)[1:]]
        for claim in res:
            if not (LOCAL.search(claim) or REFERENCE.search(mask_code(claim))):
                at = line_of(c.source, c.source.find(claim[:20]))
                raise BookError(f"{place(chapter.name, c.number, at)}: this claim of the recap has no link to what shows it: {claim[:60]}")
        return res
    return []


def resolve_options(
    source: str,  # a code cell
    here: str,  # file name of the notebook it stands in
    labels: dict[str, Label],
    cell: int | None = None,
) -> str:  # the same cell
    "Resolve the references in the captions of a code cell."
    def one(m: re.Match) -> str:
        old = option_value(f"x: {m[2]}")
        new = resolve_references(old, here, labels, cell) if isinstance(old, str) else old
        return m[0] if new == old else f"{m[1]} {json.dumps(new, ensure_ascii=False)}"
    return re.sub(r"^(#\|\s*(?:fig-cap|tbl-cap)\s*:)[ \t]*(.*)$", one, source, flags=re.M)


def documented(
    chapter: Chapter,
) -> set[str]:  # anchors such as `batchnorm1d` or `batchnorm1d.parameters`
    "The names whose documentation nbdev puts on a chapter's page."
    res = set()
    for c in chapter.cells:
        if c.kind != "code" or "hide" in c.directives: continue
        try: tree = ast.parse(re.sub(r"^\s*[%!].*$", "", c.source, flags=re.M))
        except SyntaxError: continue
        shown = bool(c.directives & {"export", "exports", "exec_doc"})
        for node in tree.body:
            named = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            call = node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
            if shown and named and not node.name.startswith("_"): res |= _anchors(node)
            if call and ast.unparse(call.func) == "show_doc": res.add(ast.unparse(call.args[0]).lower())
    return res


def _anchors(node: ast.AST) -> set[str]:
    "The anchor of an exported function or class; of a fastcore patch, `class.method` for each class."
    if not any(ast.unparse(d).startswith("patch") for d in node.decorator_list): return {node.name.lower()}
    kinds = node.args.args[0].annotation
    return {f"{ast.unparse(k)}.{node.name}".lower() for k in (kinds.elts if isinstance(kinds, ast.Tuple) else [kinds])}


def fix_symbol_links(
    text: str,  # Markdown in which nbdev has linked names in backticks
    chapters: dict[str, Chapter],
    base: str = "",  # address of the site, as nbdev knows it
) -> str:  # the same with links relative to the page
    "Make nbdev's links to the book's own names relative, and drop those to names that no page documents."
    pages = {c.page: c for c in chapters.values()}

    def one(m: re.Match) -> str:
        url = m[2][len(base):] if base and m[2].startswith(base) else m[2]
        page, _, anchor = url.lstrip("/").partition("#")
        if page not in pages: return m[0]
        known = documented(pages[page])
        anchor = anchor if anchor in known else anchor.rpartition(".")[0]
        return f"[`{m[1]}`]({page}#{anchor})" if anchor in known else f"`{m[1]}`"
    return re.sub(r"\[`([^`\n]+)`\]\(([^()\s]+)\)", one, text)


def unlink_code(text: str) -> str:
    "Markdown with nbdev's links taken out of its code blocks, where they would be shown as they are written."
    return re.sub(r"^```python\n.*?^```", lambda m: re.sub(r"\[(`[^`\n]+`)\]\([^)\n]*\)", r"\1", m[0]), text, flags=re.M | re.S)


def drop_source_links(
    text: str,  # Markdown that nbdev's show_doc wrote
) -> str:
    "Remove nbdev's link to the source code, which has nowhere to go while the project has no public home."
    return re.sub(r"\[source\]\([^)]*\)\{[^}]*\}\n*", "", text)


def check_cells(
    chapter: Chapter,
    flags: set[str] = frozenset(),  # the project's own test flags
) -> list[str]:  # a message for each `#|` line that nothing understands
    "Check the `#|` lines of a chapter's code cells."
    res = []
    for c in chapter.cells:
        for n, o in enumerate(c.lines, 1):
            where = place(chapter.name, c.number, n)
            key, colon, value = o.partition(":")
            key = key.strip()
            if not key: continue
            if o[0].isspace() or key.startswith("- "):
                res.append(f"{where}: `#| {o}` continues an option; write the whole option on one line")
            elif colon and not re.search(r"\s", key) and key in DIRECTIVES | set(flags) and not value.strip(): continue
            elif colon and not re.search(r"\s", key):
                if key not in OPTIONS:
                    res.append(f"{where}: cell option `{key}` is not in the book's dialect; it has {', '.join(sorted(OPTIONS))}")
                else:
                    try: option_value(f"x: {value}")
                    except yaml.YAMLError: res.append(f"{where}: the value of `{key}` is not YAML; put it in quotes: {value.strip()[:60]}")
            elif key.split()[0] not in DIRECTIVES | set(flags):
                res.append(f"{where}: directive `{key.split()[0]}` is unknown; known are {', '.join(sorted(DIRECTIVES | set(flags)))}")
    return res


def check_book(
    folder: Path,  # the folder of the notebooks
    flags: set[str] = frozenset(),  # the project's own test flags
) -> dict[str, Label]:  # every label of the book
    "Check the directives, labels, references and claims of every source notebook; raise one BookError that lists all problems."
    chapters = read_book(folder)
    problems = [p for c in chapters.values() for p in check_cells(c, flags)]
    labels = book_labels(chapters)
    for chapter in chapters.values():
        try: recap(chapter)
        except BookError as e: problems.append(str(e))
        for c in chapter.cells:
            try:
                if c.kind == "markdown": resolve_references(c.source, chapter.name, labels, c.number)
                elif c.kind == "code" and not c.hidden: resolve_options(c.source, chapter.name, labels, c.number)
            except (BookError, yaml.YAMLError) as e: problems.append(str(e))
    if problems: raise one_error(problems)
    return labels
