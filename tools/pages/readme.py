"README.md from the cover of the book: its text without what only a website can show, its links right from the repository's root."
import re
from pathlib import Path

from execnb.nbio import read_nb
from nbdev.processors import FilterDefaults

from ..renderer.blocks import Context
from ..book.chapters import TOOLS, read_book
from ..renderer.cells import SUFFIX, read_notebook
from ..book.errors import BookError
from ..renderer.config import read_config
from ..renderer.pandoc import bibliography_keys, parse
from .plain import PlainPage, to_markdown
from ..book.project import find_project

PICTURES = Path("nbs/figures/readme")     # where its pictures stand, from the root


def readme(
    root: Path,  # the project
    nb: dict | None = None,  # the processed cover; None processes it
) -> tuple[str, dict[str, bytes]]:  # the text of README.md; the pictures it shows, by path from the root
    "What README.md should be; raise BookError for a link that leads nowhere from the repository's root."
    project = find_project(root)
    name, folder, site = project.cover, project.nbs, project.url
    if nb is None:
        nb = read_nb(folder / name)
        FilterDefaults()(nb)
    cells = [c for c in nb["cells"] if not "".join(c["source"]).startswith(TOOLS)]
    source = read_notebook({"cells": cells}, name, PICTURES.as_posix())
    chapters = {c.page: c.name for c in read_book(folder).values()}

    def resolve(url: str) -> str:
        "The address from the repository's root: the site's page where there is a site, else the notebook."
        if not url or re.match(r"[a-zA-Z][\w+.-]*:|//|#", url) or url in source.pictures: return url
        path, _, anchor = url.partition("#")
        path = path.removeprefix("./").lstrip("/")
        page = path if path in chapters else next((p for p, n in chapters.items() if n == path), None)
        if page: return f"{site}{page}{'#' + anchor if anchor else ''}" if site else (folder / chapters[page]).relative_to(root).as_posix()
        if (folder / path).is_file(): return (folder / path).relative_to(root).as_posix()
        raise BookError(f"broken link: {url} is neither a page of the book nor a file beside it")

    bibliography = [folder / b for b in read_config(folder).bibliography]
    keys = bibliography_keys(bibliography)
    note = f"<!-- Made from {folder.relative_to(root).as_posix()}/{name}: edit that, then run `make readme`. -->"
    return to_markdown(PlainPage(parse(source.text), Context(name, resolve, keys)), source, bibliography, note), source.pictures


def write_readme(
    root: Path,  # the project
    nb: dict | None = None,  # the processed cover; None processes it
    to: Path | None = None,  # folder to write into; None is the project
) -> None:
    "Write README.md and its pictures."
    text, pictures = readme(root, nb)
    to = to or root
    old = to / PICTURES
    if old.is_dir():
        for f in old.iterdir():
            if f.suffix in SUFFIX.values(): f.unlink()
        if not any(old.iterdir()): old.rmdir()
    to.mkdir(parents=True, exist_ok=True)
    (to / "README.md").write_text(text, encoding="utf-8")
    for path, data in pictures.items():
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        (to / path).write_bytes(data)


def stale_readme(
    root: Path,  # the project
) -> list[str]:  # what is stale, empty when nothing is
    "Compare README.md and its pictures with what the cover gives now."
    text, pictures = readme(root)
    wanted = {"README.md": text.encode(), **pictures}
    there = {p.relative_to(root).as_posix() for p in (root / PICTURES).glob("*")} if (root / PICTURES).is_dir() else set()
    res = [f"{name} is missing" for name in wanted if not (root / name).is_file()]
    res += [f"{n} is not what the cover gives" for n, data in wanted.items() if (root / n).is_file() and (root / n).read_bytes() != data]
    return res + [f"{name} is not used by README.md" for name in sorted(there - set(wanted))]
