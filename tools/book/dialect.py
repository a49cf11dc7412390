"What a source notebook may hold, so that nothing a contributor writes is lost without a word, whichever renderer makes the pages."
import re
from pathlib import Path

import yaml

from . import claims
from .chapters import Chapter, line_of, mask_code, option_value, read_book
from .errors import BookError, one_error, place
from .labels import Label, book_labels, resolve_options, resolve_references

# What nbdev or the book's own tools understand after `#|` without a colon; Quarto's options have one.
DIRECTIVES = {"export", "exports", "exporti", "hide", "hide_line", "default_exp", "exec_doc", "filter_stream", "puzzle", "slow", "volatile"}
OPTIONS = {"label", "fig-cap", "fig-alt", "tbl-cap", "code-fold", "code-summary", "echo", "output", "include", "eval"}
FRONT = {"title", "subtitle", "description", "output-file", "nocite", "toc", "toc-depth", "body-classes", "skip_showdoc", "skip_exec"}
_TITLE = re.compile(r"^#\s+\S.*$", re.M)
_META = re.compile(r"-\s+(\S[^:]*):.*\S")       # a line of front matter under a title, as nbdev reads it
_NOTE = re.compile(r"\[\^([^\]\s]+)\](:?)")


def check_cells(
    chapter: Chapter,
    flags: set[str] = frozenset(),  # the project's own test flags
) -> list[str]:  # a message for each `#|` line that nothing understands
    "Check the `#|` lines of a chapter's code cells."
    res, known = [], DIRECTIVES | set(flags)
    for c in chapter.cells:
        for n, o in enumerate(c.lines, 1):
            where = place(chapter.name, c.number, n)
            key, colon, value = o.partition(":")
            key = key.strip()
            option = bool(colon and not re.search(r"\s", key))
            if not key or (option and key in known and not value.strip()): continue
            if o[0].isspace() or key.startswith("- "):
                res.append(f"{where}: `#| {o}` continues an option; write the whole option on one line")
            elif option and key not in OPTIONS:
                res.append(f"{where}: cell option `{key}` is not in the book's dialect; it has {', '.join(sorted(OPTIONS))}")
            elif option:
                try: option_value(f"x: {value}")
                except yaml.YAMLError: res.append(f"{where}: the value of `{key}` is not YAML; put it in quotes: {value.strip()[:60]}")
            elif key.split()[0] not in known:
                res.append(f"{where}: directive `{key.split()[0]}` is unknown; known are {', '.join(sorted(known))}")
    return res


def _front(meta, where: str) -> list[str]:
    "What is wrong with the front matter of a notebook."
    if not isinstance(meta, dict): return [f"{where}: front matter is not a list of `key: value`"]
    return [f"{where}: front matter `{k}` is not in the book's dialect; it has {', '.join(sorted(FRONT))}" for k in sorted(set(meta) - FRONT)]


def _title_cell(text: str, name: str, number: int) -> list[str]:
    "What nbdev would drop from the cell of the title: everything but the title, one line `> …`, and lines `- key: value`."
    res, seen = [], set()
    for n, line in enumerate(text.splitlines(), 1):
        kind = "title" if _TITLE.fullmatch(line) else "line" if line.startswith("> ") else "meta" if _META.fullmatch(line) else "other"
        if not line.strip() or (kind in ("title", "line") and kind not in seen): seen.add(kind if line.strip() else "")
        elif kind == "meta": res += _front({_META.fullmatch(line)[1]: ""}, place(name, number, n))
        else:
            why = "the cell of the title holds the title and one line `> …`; this would be on no page: put it into a cell of its own"
            res.append(f"{place(name, number, n)}: {why}: {line.strip()[:60]}")
    return res


def lost(chapter: Chapter) -> list[str]:
    "A message for each thing in a chapter that no page would show, though somebody wrote it."
    res, titled, notes = [], False, {}
    for c in chapter.cells:
        where = lambda at=0: place(chapter.name, c.number, line_of(c.source, at))
        if c.kind == "raw":
            m = re.fullmatch(r"\s*---\s*\n(.*?)\n---\s*", c.source, re.S)
            if not m: res.append(f"{where()}: a raw cell may hold front matter only")
            else:
                try: meta = yaml.safe_load(m[1]) or {}
                except yaml.YAMLError as e: meta = f"{e}"
                res += _front(meta, where())
                titled = titled or "title" in meta
        elif c.kind == "markdown":
            prose = mask_code(c.source)
            if not titled and _TITLE.search(c.source):
                titled = True
                res += _title_cell(c.source, chapter.name, c.number)
            if c.source.strip().startswith("#") and c.source.strip().endswith(" -"):
                res.append(f"{where()}: nbdev drops a cell that begins with # and ends with ` -`: end it otherwise")
            if m := re.search(r"^---[ \t]*\n(?=\S)(?:.+\n)+?(?:---|\.\.\.)[ \t]*$", prose, re.M):
                res.append(f"{where(m.start())}: lines between `---` are read as settings, and not shown; leave an empty line after `---`")
            for m in _NOTE.finditer(prose):
                defined = m[2] and not prose[prose.rfind("\n", 0, m.start()) + 1:m.start()].strip()
                notes.setdefault(m[1], {})["defined" if defined else "used"] = where(m.start())
        else:
            lines = c.source.splitlines()
            code = next((n for n, line in enumerate(lines, 1) if line.strip() and not re.match(r"\s*(?:#\s*\||%%\w)", line)), len(lines))
            for n, line in enumerate(lines, 1):
                if n > code and re.match(r"#\s*\|", line): res.append(f"{place(chapter.name, c.number, n)}: `{line[:60]}` stands below code, where nothing reads it: put it at the top of its cell")
                if re.match(r"\s+%|%%", line) and not {"hide", "export"} & c.directives:
                    res.append(f"{place(chapter.name, c.number, n)}: nbdev takes a line that begins with % off the page: {line.strip()[:60]}")
    for name, at in notes.items():
        if "used" not in at: res.append(f"{at['defined']}: nothing refers to the footnote [^{name}], so no page shows it")
        elif "defined" not in at: res.append(f"{at['used']}: the footnote [^{name}] is not written anywhere in this notebook")
    return res


def puzzles(chapter: Chapter) -> list[str]:
    "What is wrong with the cells marked `#| puzzle`: each defines functions, and the next code cell asserts something."
    res, code = [], [c for c in chapter.cells if c.kind == "code"]
    for c, judge in zip(code, [*code[1:], None]):
        if "puzzle" not in c.directives: continue
        where = place(chapter.name, c.number)
        if not re.search(r"^\s*(?:async )?def ", c.source, re.M): res.append(f"{where}: a puzzle blanks functions, and this cell defines none")
        if not judge or not claims.assertions(judge): res.append(f"{where}: the next code cell must judge it, with an assertion")
    return res


def strays(folder: Path) -> list[str]:
    "Files of which Quarto or nbdev would make something, and the book's renderer nothing."
    files = [f for f in sorted(folder.rglob("*")) if f.suffix in (".ipynb", ".qmd") and ".ipynb_checkpoints" not in f.parts]
    return [f"{f.relative_to(folder)}: a page of the book is a notebook that stands in {folder.name}/ itself" for f in files
            if f.suffix == ".qmd" or f.parent != folder]


def check_book(
    folder: Path,  # the folder of the notebooks
    flags: set[str] = frozenset(),  # the project's own test flags
) -> dict[str, Label]:  # every label of the book
    "Check the directives, labels, references and claims of every source notebook; raise one BookError that lists all problems."
    chapters, problems, bare = read_book(folder), strays(Path(folder)), []
    for c in chapters.values(): problems += check_cells(c, flags) + lost(c) + puzzles(c)
    labels = book_labels(chapters)
    for chapter in chapters.values():
        try: bare += claims.unasserted(chapter, labels)
        except BookError as e: problems.append(str(e))
        for c in chapter.cells:
            try:
                if c.kind == "markdown": resolve_references(c.source, chapter.name, labels, c.number)
                elif c.kind == "code" and not c.hidden: resolve_options(c.source, chapter.name, labels, c.number)
            except (BookError, yaml.YAMLError) as e: problems.append(str(e))
    if problems := problems + bare: raise one_error(problems)
    return labels
