"What a rendered site still needs, whoever rendered it: notebooks and Markdown to download, a search, a head and a foot, and a local KaTeX."
import re, shutil
from pathlib import Path
from typing import Callable

from ..book.chapters import numbered, page_name
from ..renderer import katex
from . import frame, heads, looks, puzzle, search, solutions, twins
from ..renderer.config import read_config


def copy_notebooks(
    notebooks: Path,  # folder of the source notebooks
    out: Path,  # folder of the rendered site
) -> None:
    "Put the source notebooks beside the pages, where their download links point."
    (out / "notebooks").mkdir(parents=True, exist_ok=True)
    for f in sorted(notebooks.glob("*.ipynb")):
        if f.name[0] not in "._": shutil.copy(f, out / "notebooks" / f.name)


def use_local_katex(
    out: Path,  # folder of the rendered site
    cache: Path,  # folder that keeps KaTeX between builds
    say: Callable[[str], None] = print,
) -> None:
    "Make the pages of another renderer load KaTeX from the site itself, where npm can fetch it."
    cdn, local = re.compile(r"https://cdn\.jsdelivr\.net/npm/katex@[\w.]+/dist"), None
    for f in sorted(out.rglob("*.html")):
        text = f.read_text(encoding="utf-8")
        if not cdn.search(text): continue
        local = local or katex.fetch(cache, say)
        if not local: return
        up = "../" * (len(f.relative_to(out).parts) - 1)
        f.write_text(cdn.sub(f"{up}site_libs/katex", text), encoding="utf-8")
    if local: katex.copy(local, out / "site_libs" / "katex", script=True)


def number_by_chapter(
    text: str,  # HTML of a page that counts from 1, as Quarto's does
    notebook: str,  # the file name of its notebook
) -> str:
    "The page with the chapter's number before those of its figures, tables and equations, in captions, formulas and references; in a caption it stands apart."
    text = re.sub(r"((?:Figure|Table|Equation)(?:&nbsp;|\u00a0)(?:<span>)?)(\d+)(?![\d.]*\d| of )", lambda m: m[1] + numbered(notebook, int(m[2])), text)
    text = re.sub(r"(<figcaption\b[^>]*>\s*)((?:Figure|Table)(?:&nbsp;|\u00a0)[\d.]+:)", r'\1<span class="float-number">\2</span>', text)
    return re.sub(r"(\\tag\{)(\d+)\}", lambda m: f"{m[1]}{numbered(notebook, int(m[2]))}}}", text)


def with_lighter_code(
    text: str,  # HTML of a page, as pandoc writes it
) -> str:
    "The page without what its code has and nobody sees, a quarter of a long page: an empty link and an id at each line, marks in the colour of the text."
    text = re.sub(r'<a href="#cb\d+-\d+" aria-hidden="true" tabindex="-1"></a>', "", text)
    text = re.sub(r'<span id="cb\d+-\d+">', "<span>", text)
    return re.sub(r'<span class="(?:op|bu|ex|pp|ot)">([^<]*)</span>', r"\1", text)


def finish(
    project: Path,  # folder of the processed notebooks and of `_quarto.yml`
    out: Path,  # folder of the rendered site
    notebooks: Path,  # folder of the source notebooks
    cache: Path,  # folder that keeps KaTeX between builds
    say: Callable[[str], None] = print,
) -> None:
    "Complete a rendered site."
    for f in sorted(notebooks.glob("[0-9]*.ipynb")):
        page = out / page_name(f.name)
        if not page.is_file(): continue
        text = number_by_chapter(page.read_text(encoding="utf-8"), f.name)
        text = heads.with_picture(text, f.name)
        page.write_text(looks.keep_whole(with_lighter_code(text)), encoding="utf-8")
    solutions.fold_solutions(out)
    copy_notebooks(notebooks, out)
    puzzle.write_puzzles(notebooks, out)
    search.write_index(twins.write_twins(project, out), out)
    use_local_katex(out, cache, say)
    config = read_config(project)
    frame.frame(out, notebooks, config)
    for f in (out / name for name in config.css): f.write_text(looks.dark_without_script(f.read_text(encoding="utf-8")), encoding="utf-8")
    looks.use_face(out, config.css, cache, say)
    looks.color_pictures(out)
