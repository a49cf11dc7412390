"""The commands of the book; make calls them. Each ends with a line that says what was made, or `N passed, N failed`, and tells by its exit status."""
import argparse, sys
from pathlib import Path

from .book.errors import BookError
from .book.project import find_project


def commands() -> argparse.ArgumentParser:
    "What can be asked for."
    p = argparse.ArgumentParser(prog="python -m tools", description=__doc__)
    sub = p.add_subparsers(dest="command", required=True, metavar="COMMAND")
    c = sub.add_parser("book", help="export the package and build the website; nothing is done when nothing has changed")
    c.add_argument("--force", action="store_true", help="build it even then")
    c = sub.add_parser("preview", help="serve the website and build it again on each change")
    c.add_argument("--port", type=int, default=4200)
    c.add_argument("--host", default="127.0.0.1")
    sub.add_parser("quarto", help="install Quarto's own release into the environment; the book is then rendered with it")
    for form, what in (("pdf", "PDF"), ("epub", "EPUB")): sub.add_parser(form, help=f"write the whole book as one {what}, and link it on the cover of the website")
    c = sub.add_parser("readme", help="write README.md from the cover")
    c.add_argument("--check", action="store_true", help="only say whether README.md is stale")
    c = sub.add_parser("test", help="check the exports and the code, and run every notebook as a test")
    c.add_argument("--exports-only", action="store_true", help="check only that the package is what the notebooks export")
    c = sub.add_parser("fresh", help="execute notebooks and compare with their stored outputs")
    c.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="such as nbs/12_normalize.ipynb (default: all)")
    c = sub.add_parser("outputs", help="execute notebooks and store their outputs")
    c.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="such as nbs/12_normalize.ipynb (default: all)")
    c.add_argument("--slow", action="store_true", help="execute the cells marked `#| slow` too")
    c.add_argument("--timeout", type=int, default=600, help="seconds a cell may take (default 600)")
    c = sub.add_parser("site", help="check the built website in a browser")
    c.add_argument("site", nargs="?", default="_docs", help="folder or address (default _docs)")
    c.add_argument("--stills", action="store_true", help="write the still pictures of the interactive figures into nbs/figures/ instead")
    c.add_argument("options", nargs=argparse.REMAINDER, help="options of pytest, such as -k 'axe and normalize'")
    return p


def run(a: argparse.Namespace, root: Path) -> int:
    "Do what was asked; the exit status."
    if a.command == "book":
        from .build import build
        build(root, a.force)
    elif a.command in ("pdf", "epub"):
        from .build import paper
        paper(root, a.command)
    elif a.command == "preview":
        from .preview import preview
        preview(root, a.port, a.host)
    elif a.command == "quarto":
        from .quarto import install
        install()
    elif a.command == "readme":
        from .pages.readme import stale_readme, write_readme
        if a.check:
            stale = stale_readme(root)
            for s in stale: print(s)
            if stale: print("run: make readme")
            return int(bool(stale))
        write_readme(root)
        print("README.md written from the cover")
    elif a.command == "test":
        from .checks import suite
        return suite.check_exports() if a.exports_only else suite.check_all()
    elif a.command in ("fresh", "outputs"):
        from .checks import notebooks
        if a.command == "fresh": return notebooks.main(["check", *a.notebooks])
        return notebooks.main(["write", *a.notebooks, f"--timeout={a.timeout}", *["--slow"] * a.slow])
    elif a.command == "site":
        from .checks import site
        return site.draw_stills(a.site) if a.stills else site.check(a.site, a.options)
    return 0


def main(argv: list[str] | None = None) -> int:
    "Run a command; problems in the book are printed without a traceback."
    a = commands().parse_args(argv)
    try: return run(a, find_project(Path.cwd()).root)
    except BookError as e:
        print(e, file=sys.stderr)
        return 1
    except KeyboardInterrupt: return 130


if __name__ == "__main__": sys.exit(main())
