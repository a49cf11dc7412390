"The exported code as a reader and an importer have it: lines that fit, modules with one thing to say, shown on a page, sound to a type checker."
import ast, re, subprocess, sys
from pathlib import Path

from ..book.chapters import Chapter, read_book

ROOT = Path(__file__).resolve().parents[2]
WIDTH, LENGTH = 88, 350     # characters of a line, lines of a module
PROGRAM = Path(__file__).with_name("user_program.py")       # what somebody who imports bnbook may write


EXPORTING = {"export", "exports", "exporti"}


def wide_lines(root: Path = ROOT) -> list[str]:
    "Lines of exported code that a page cannot show without scrolling, and docstrings of modules (the line under a title) that are as wide."
    lines = [f"nbs/{c.name}: cell {cell.number}, line {n} has {len(line)} characters, at most {WIDTH}"
             for c in read_book(root / "nbs").values() for cell in c.cells if cell.directives & EXPORTING
             for n, line in enumerate(cell.source.splitlines(), 1) if len(line) > WIDTH and not line.startswith("#|")]
    first = {p.name: p.read_text(encoding="utf-8").partition("\n")[0] for p in sorted((root / "bnbook").glob("*.py"))}
    return lines + [f"bnbook/{name}: its docstring has {len(line)} characters, at most {WIDTH}" for name, line in first.items() if len(line) > WIDTH]


def long_modules(root: Path = ROOT) -> list[str]:
    "Modules that have more than one thing to say."
    lengths = {p.name: p.read_text(encoding="utf-8").count("\n") for p in sorted((root / "bnbook").glob("*.py")) if p.name != "_modidx.py"}
    return [f"bnbook/{name}: {n} lines, at most {LENGTH}" for name, n in lengths.items() if n > LENGTH]


def _names(chapter: Chapter, directive: str) -> set[str]:
    "The functions and classes, and the methods patched onto them, that the chapter's cells with a directive define."
    res = set()
    for c in chapter.cells:
        if c.kind != "code" or directive not in c.directives or c.option("echo", True) is False or c.option("include", True) is False: continue
        tree = ast.parse(re.sub(r"^\s*[%!].*$", "", c.source, flags=re.M))
        res |= {n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    return res


def hidden_code(root: Path = ROOT) -> list[str]:
    "Exported functions and classes whose code stands on no page: those of `#| export`, not of `#| exports` or `#| exporti`."
    return [f"nbs/{c.name}: `{name}` is exported, and its code is on no page; use `#| exports`, folded where it is machinery"
            for c in read_book(root / "nbs").values() for name in sorted(_names(c, "export"))]


def type_errors(root: Path = ROOT) -> list[str]:
    "What mypy says of the package, and of a small program that uses it."
    cmd = [sys.executable, "-m", "mypy", "--check-untyped-defs", "--ignore-missing-imports", "--no-error-summary", "--hide-error-context",
           f"--cache-dir={ROOT / 'build' / 'mypy'}", "bnbook", str(PROGRAM.relative_to(ROOT) if root == ROOT else PROGRAM)]
    r = subprocess.run(cmd, cwd=root, capture_output=True, text=True)
    return r.stdout.splitlines() + ([r.stderr.strip()] if r.returncode and not r.stdout else [])

