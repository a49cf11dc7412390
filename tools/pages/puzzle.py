"Puzzle mode: a chapter's notebook in which the reader writes the key definitions, and the chapter's own next cell judges them."
import ast, json
from pathlib import Path

from ..book.chapters import read_chapter

ASK = "**Your turn.** Write what is missing in the next cell; the cell after it says whether it is right."


def blank(
    source: str,  # of a code cell
) -> str:
    "The cell with the bodies of its functions and methods taken out; signatures and docstrings stay."
    lines = source.splitlines()
    tree = ast.parse(source)
    found = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    inner = {id(m) for n in found for m in ast.walk(n) if m is not n}
    for f in sorted((n for n in found if id(n) not in inner), key=lambda n: -n.lineno):     # from below, so that line numbers stay right
        told = isinstance(f.body[0], ast.Expr) and isinstance(getattr(f.body[0].value, "value", None), str)
        body = f.body[told:]
        if not body: continue
        first, indent = body[0], " " * (f.col_offset + 4)
        begin = min([first.lineno, *[d.lineno for d in getattr(first, "decorator_list", [])]]) - 1
        before = lines[begin][:first.col_offset].rstrip().rstrip(";")        # of a function on one line, its signature
        lines[begin:body[-1].end_lineno] = [*([before] if before.strip() else []),
                                            f"{indent}raise NotImplementedError  # your line{'s' if len(body) > 1 else ''} here"]
    return "\n".join(lines)


def puzzle(
    path: Path,  # a notebook
) -> dict | None:  # None where it marks no cell `#| puzzle`
    "The notebook as a puzzle, without outputs."
    marked = {c.number - 1 for c in read_chapter(path).cells if "puzzle" in c.directives}
    if not marked: return None
    nb = json.loads(path.read_text(encoding="utf-8"))
    cells = []
    for k, c in enumerate(nb["cells"]):
        if c["cell_type"] == "code": c["outputs"], c["execution_count"] = [], None
        if k in marked:
            cells.append({"cell_type": "markdown", "id": f"puzzle-{k}", "metadata": {}, "source": [ASK]})
            c["source"] = blank("".join(c["source"])).splitlines(True)
        cells.append(c)
    return {**nb, "cells": cells}


def write_puzzles(
    notebooks: Path,  # folder of the source notebooks
    out: Path,  # folder of the rendered site
) -> None:
    "Put the puzzles beside the pages, where their links point."
    for path in sorted(notebooks.glob("[!._]*.ipynb")):
        if not (nb := puzzle(path)): continue
        (out / "puzzles").mkdir(exist_ok=True)
        (out / "puzzles" / path.name).write_text(json.dumps(nb, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
