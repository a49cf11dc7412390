"The links that nbdev makes of names in backticks, made to fit the site."
import ast, re
from functools import lru_cache
from typing import Callable

from .chapters import Chapter


@lru_cache(None)
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
            if shown and named and not node.name.startswith("_") and not _replaced(node): res |= _anchors(node)
            if call and ast.unparse(call.func) == "show_doc": res.add(ast.unparse(call.args[0]).lower())
    return res


def _replaced(node: ast.AST) -> bool:
    "Whether a decorator with arguments makes something else of a function, whose documentation does not go by its name."
    calls = [ast.unparse(d.func) for d in node.decorator_list if isinstance(d, ast.Call)]
    return not isinstance(node, ast.ClassDef) and any(c.rpartition(".")[2] not in ("lru_cache", "wraps", "custom_op", "deprecated") and not c.startswith("patch") for c in calls)


def _anchors(node: ast.AST) -> set[str]:
    "The anchor of an exported function or class; of a fastcore patch, `class.method` for each class."
    if not any(ast.unparse(d).startswith("patch") for d in node.decorator_list): return {node.name.lower()}
    kinds = node.args.args[0].annotation
    return {f"{ast.unparse(k)}.{node.name}".lower() for k in (kinds.elts if isinstance(kinds, ast.Tuple) else [kinds])}


@lru_cache(None)
def _imported(
    chapter: Chapter,
) -> set[tuple[str, str]]:  # module and name, as in `from bnbook.train import build`
    "What the cells of a chapter import by name."
    code = "\n".join(re.sub(r"^\s*[%!].*$", "", c.source, flags=re.M) for c in chapter.cells if c.kind == "code")
    found = re.findall(r"^ *from bnbook\.(\w+) import (\([^)]*\)|[^\n]*)", code, re.M)
    return {(module, name) for module, names in found for name in re.findall(r"\w+", names)}


@lru_cache(None)
def _module(chapter: Chapter) -> str:
    "The module that a chapter exports, or nothing."
    return next((line.split()[1] for c in chapter.cells if c.kind == "code" for line in c.lines if re.match(r"default_exp \w", line)), "")


def fix_symbol_links(
    text: str,  # Markdown in which nbdev has linked names in backticks
    chapters: dict[str, Chapter],
    base: str = "",  # address of the site, as nbdev knows it
    here: Chapter | None = None,  # the chapter that the text is of
) -> str:  # the same with links relative to the page
    """Make nbdev's links to the book's own names relative, and drop those to names that no page documents.

    nbdev knows a name by its letters alone, so a plain word such as `train`, or a name of several modules, may be another one: it is linked only
    on the page that documents it, and where the chapter imports it. A link inside a link goes.
    """
    pages = {c.page: c for c in chapters.values()}
    text = re.sub(r"\[([^\[\]\n]*)\[(`[^`\n]+`)\]\([^()\s]+\)([^\[\]\n]*)\](?=\()", r"[\1\2\3]", text)

    def meant(name: str, page: str) -> bool:
        "Whether a name in the text is the one that this page documents."
        plain = name.removesuffix("()")
        if not here or here.page == page or "." in plain: return True
        word = plain.islower() and plain.isalpha() or sum(plain.lower() in documented(c) for c in pages.values()) > 1
        return not word or (_module(pages[page]), plain) in _imported(here)

    def one(m: re.Match) -> str:
        url = m[2][len(base):] if base and m[2].startswith(base) else m[2]
        page, _, anchor = url.lstrip("/").partition("#")
        if page not in pages: return m[0]
        known = documented(pages[page])
        anchor = anchor if anchor in known else anchor.rpartition(".")[0]
        return f"[`{m[1]}`]({page}#{anchor})" if anchor in known and meant(m[1], page) else f"`{m[1]}`"
    def listed(m: re.Match) -> str:        # in the list of all names: what has no documentation of its own is on its page
        page, _, anchor = m[2].removeprefix(base).lstrip("/").partition("#")
        return f"{m[1]}({page})" if page in pages and anchor and anchor not in documented(pages[page]) else m[0]
    text = re.sub(r"(\[<code>[^<\n]+</code>\])\(([^()\s]+)\)", listed, text)
    return re.sub(r"\[`([^`\n]+)`\]\(([^()\s]+)\)", one, text)


def unlink_code(text: str) -> str:
    "Markdown with nbdev's links taken out of its code blocks, where they would be shown as they are written."
    return re.sub(r"^```python\n.*?^```", lambda m: re.sub(r"\[(`[^`\n]+`)\]\([^)\n]*\)", r"\1", m[0]), text, flags=re.M | re.S)


def drop_source_links(
    text: str,  # Markdown that nbdev's show_doc wrote
) -> str:
    "Remove nbdev's link to the source code, which has nowhere to go while the project has no public home."
    return re.sub(r"\[source\]\([^)]*\)\{[^}]*\}\n*", "", text)


def for_documentation(
    wanted: Callable,  # nbdev's own answer for a cell: exported code, documentation, and whatever imports something anywhere
) -> Callable:
    "Whether nbdev must run a cell to write documentation: not exported code, which is in the package, nor a function that imports something."
    def needed(cell) -> bool:
        if cell.cell_type != "code" or not cell.source or cell.directives_.keys() & {"export", "exports", "exporti"}: return False
        alone = all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in cell.parsed_() or ())
        return (alone or "exec_doc" in cell.directives_ or "show_doc" in cell.source) and bool(wanted(cell))
    return needed
