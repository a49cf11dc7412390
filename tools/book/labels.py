"The labels that the chapters define, and the references that name them."
import difflib, json, re
from dataclasses import dataclass

from .chapters import HEADING, Chapter, Cell, line_of, mask_code, numbered, option_value
from .errors import BookError, one_error, place

KINDS = dict(fig="Figure", eq="Equation", tbl="Table", sec="Section")
_KIND = "|".join(KINDS)
LABEL = re.compile(rf"(?:{_KIND})-[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?")
_DEFINED = re.compile(rf"\{{#((?:{_KIND})-[^\s}}]*)")
REFERENCE = re.compile(rf"(?<![\w@/.`#])@({LABEL.pattern})")
_GROUPED = re.compile(rf"(?<!\^)\[[^\]\[\n]*@(?:{_KIND})-[^\]\[\n]*\](?![{{(])|(?<!\w)-@(?:{_KIND})-")
LOCAL = re.compile(r"\]\((#[^)\s]+)\)")        # the address of a link within a page


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

    @property
    def shown(self) -> str:
        "How a reader calls it, such as `Figure 14.3`."
        return f"{KINDS[self.kind]}\u00a0{numbered(self.chapter.name, self.number)}"


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
            heads = {m.start(): m for m in HEADING.finditer(prose)}
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
    of = "" if label.chapter.name[0].isdigit() else f" of {label.chapter.title}"      # a number of the chapter says where it is
    return None if near else f"[{label.shown}{of}]({target})"


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
