"Command line: `python -m tools book | preview | readme`."
import argparse, json, os, subprocess, sys
from pathlib import Path

from .book.errors import BookError
from .book.project import find_project


def quarto(
    args: list[str],  # what was asked of `quarto`
) -> int:  # exit status
    """Answer for Quarto the two calls that nbdev makes: render the project, and render the cover as GitHub's Markdown.

    Where there is a real Quarto, it renders the project.
    """
    from .build import cache_folder, say
    from .checks.verify import check_site
    from .pages.finish import finish
    from .pages.readme import write_readme
    from .renderer.site import Site
    here = Path.cwd()
    project = find_project(here)
    if args[:1] == ["render"] and "gfm" in args:
        out = args[args.index("-o") + 1]
        if out != "README.md": raise BookError(f"only README.md is rendered as Markdown, not {out}")
        write_readme(project.root, json.loads(Path(args[1]).read_text(encoding="utf-8")), here / project.docs.name)
        return 0
    if real := os.environ.get("BNBOOK_QUARTO"): return subprocess.call([real, *args])
    if args[:1] != ["render"]: raise BookError(f"`quarto {' '.join(args)}` needs Quarto itself: see https://quarto.org/docs/get-started/")
    site = Site(here, say, cache_folder(project.root))
    site.build()
    finish(here, site.config.out, project.nbs, cache_folder(project.root), say)
    check_site(site.config.out)
    return 0


def main(argv: list[str] | None = None) -> int:
    "Run a command; problems in the book are printed without a traceback."
    argv = sys.argv[1:] if argv is None else argv
    try:
        if argv[:1] == ["quarto"]: return quarto(argv[1:])
        p = argparse.ArgumentParser(prog="python -m tools", description="The website of the book, built from its notebooks.")
        sub = p.add_subparsers(dest="command", required=True)
        c = sub.add_parser("book", help="build the website; nothing is done when nothing has changed")
        c.add_argument("--force", action="store_true", help="build it even then")
        c = sub.add_parser("preview", help="serve the website and build it again on each change")
        c.add_argument("--port", type=int, default=4200)
        c.add_argument("--host", default="127.0.0.1")
        c = sub.add_parser("readme", help="write README.md from the cover")
        c.add_argument("--check", action="store_true", help="only say whether README.md is stale")
        a = p.parse_args(argv)
        root = find_project(Path.cwd()).root
        if a.command == "book":
            from .build import build
            build(root, a.force)
        elif a.command == "preview":
            from .preview import preview
            preview(root, a.port, a.host)
        else:
            from .pages.readme import stale_readme, write_readme
            if a.check:
                stale = stale_readme(root)
                for s in stale: print(s)
                if stale: print("run: make readme")
                return int(bool(stale))
            write_readme(root)
            print("README.md written from the cover")
    except BookError as e:
        print(e, file=sys.stderr)
        return 1
    except KeyboardInterrupt: return 130
    return 0


if __name__ == "__main__": sys.exit(main())
