"The claims of the book: the items of each chapter's recap, what asserts them, and all of them together on a page of their own."
import ast, re

from .chapters import HEADING, Cell, Chapter, line_of, mask_code
from .errors import BookError, place
from .labels import LOCAL, REFERENCE, Label

PLACE = "::: {#every-claim}\n:::"       # what stands in the notebook of the page of all claims
LINES = 4                               # asserting lines that the page shows of a claim
_RECAP = re.compile(r"^## Recap\b[^\n]*\n(.*?)(?=^#{1,2} |\Z)", re.M | re.S)
_CITED = re.compile(r"\[[^\]\n]*@(?!(?:fig|eq|tbl|sec)-)[\w-]+[^\]\n]*\]")
_ASSERTING = re.compile(r"(?:\w+\.)*(?:assert_\w+|test_(?:eq|ne|is|close|fail|eq_type|stdout|warns|shuffled|sig|len)|ExceptionExpected|gradcheck|gradgradcheck)")


def recap(
    chapter: Chapter,
) -> list[str]:  # Markdown, one line each; empty for a chapter without a recap
    "The claims in a chapter's recap; raise BookError for one that links to nothing that shows it, and for what is no item."
    for c in chapter.cells:
        if c.kind != "markdown" or not (m := _RECAP.search(c.source)): continue
        where = lambda text: place(chapter.name, c.number, line_of(c.source, c.source.find(text)))
        if other := re.search(r"^ *(?:[*+]|\d+[.)]|  +-)[ \t]+.*$", m[1], re.M):
            raise BookError(f"{where(other[0])}: a recap is a list of claims that begin with `- `; this is none: {other[0].strip()[:60]}")
        items = [re.split(r"\n[ \t]*\n", item)[0] for item in re.split(r"^- ", m[1], flags=re.M)[1:]]
        if not items: raise BookError(f"{place(chapter.name, c.number)}: the recap has no claims: begin each with `- `")
        res = [" ".join(item.split()) for item in items]
        for claim in res:
            if not (LOCAL.search(claim) or REFERENCE.search(mask_code(claim))):
                raise BookError(f"{where(claim[:20])}: this claim of the recap has no link to what shows it: {claim[:60]}")
        return res
    return []


# ---- what asserts a claim

def _places(chapter: Chapter) -> list[tuple[int, str, Cell]]:
    "The headings (their level, and their text with attributes) and other cells of a chapter in their order; other cells have level 0."
    res = []
    for c in chapter.cells:
        if c.kind != "markdown": res.append((0, "", c))
        else:
            prose, last = mask_code(c.source), 0
            for m in HEADING.finditer(prose):
                res += [(0, c.source[last:m.start()], c)] * (m.start() > last)
                res.append((len(m[1]), m[0], c))
                last = m.end()
            res.append((0, c.source[last:], c))
    return res


def section(
    chapter: Chapter,
    name: str,  # a label or another id in it
) -> list[Cell] | None:  # its code cells; None where nothing has this name
    "The section under the heading of this name, or the one in which a thing of this name stands."
    places = _places(chapter)
    names = re.compile(rf"""\{{[^}}\n]*#{re.escape(name)}[\s}}]|\bid=["']{re.escape(name)}["']""")
    at = next((k for k, (_, text, c) in enumerate(places) if names.search(text) or c.option("label") == name), None)
    if at is None: return None
    start = next((k for k in range(at, -1, -1) if places[k][0]), 0)
    level = places[start][0] or 1
    end = next((k for k in range(start + 1, len(places)) if 0 < places[k][0] <= level), len(places))
    return [c for _, _, c in places[start:end] if c.kind == "code"]


def assertions(
    cell: Cell,
) -> list[str]:  # a line each
    "The statements of a code cell that fail where something is not so."
    if cell.option("eval", True) is False: return []
    try: tree = ast.parse(re.sub(r"^\s*[%!].*$", "", cell.source, flags=re.M))
    except SyntaxError: return []

    def asserts(n: ast.AST) -> bool:
        call = n.value if isinstance(n, ast.Expr) else n.items[0].context_expr if isinstance(n, ast.With) else None
        return isinstance(n, ast.Assert) or isinstance(call, ast.Call) and bool(_ASSERTING.fullmatch(ast.unparse(call.func)))
    found = sorted((n for n in ast.walk(tree) if isinstance(n, ast.stmt) and asserts(n)), key=lambda n: n.lineno)
    return [(ast.get_source_segment(cell.source, n) or ast.unparse(n)).splitlines()[0] for n in found]


def evidence(
    claim: str,
    chapter: Chapter,
    labels: dict[str, Label],
) -> list[tuple[str, bool]]:  # lines of code, and whether they run only on request (`#| slow`)
    "What asserts a claim: the asserting statements of the sections that it links to."
    names = [(labels[m[1]].chapter, m[1]) for m in REFERENCE.finditer(mask_code(claim)) if m[1] in labels]
    names += [(chapter, a[1:]) for a in LOCAL.findall(claim)]
    cells = [c for where, name in names for c in section(where, name) or []]
    return list(dict.fromkeys((a, "slow" in c.directives) for c in cells for a in assertions(c)))


def unasserted(chapter: Chapter, labels: dict[str, Label]) -> list[str]:
    "A message for each claim of a chapter that no cell asserts, and that is not a paper's."
    return [f"{chapter.name}: no cell of what it links to asserts this claim: {claim[:70]}" for claim in recap(chapter)
            if not evidence(claim, chapter, labels) and not _CITED.search(claim)]


# ---- the page of all claims

def from_afar(claim: str, chapter: Chapter, labels: dict[str, Label]) -> str:
    "A claim with its links made to lead into its chapter from another page."
    prose, res, last = mask_code(claim), [], 0
    for m in REFERENCE.finditer(prose):
        label = labels[m[1]]
        text = label.title if label.kind == "sec" else label.shown
        res += [claim[last:m.start()], f"[{text}]({label.chapter.name}#{label.name})"]
        last = m.end()
    return LOCAL.sub(rf"]({chapter.name}\1)", "".join([*res, claim[last:]]))


def _shown(claim: str, chapter: Chapter, labels: dict[str, Label]) -> str:
    "The asserting lines under a claim, and whose claim it is where it is a paper's."
    lines = evidence(claim, chapter, labels)
    code = [line + ("    # runs on request" if slow else "") for line, slow in lines[:LINES]]
    if more := len(lines) - len(code): code.append(f"# and {more} more")
    paper = "[The paper's claim.]{.claim-of-paper}\n\n" if _CITED.search(claim) else ""
    return paper + ("\n".join(["```{.python .claim-code}", *code, "```\n"]) if code else "")


def every_claim(
    chapters: dict[str, Chapter],
    labels: dict[str, Label],  # every label of the book
) -> str:  # Markdown
    "The claims of all chapters under the chapters' titles, numbered by chapter, each with the lines of code that assert it."
    res, count = [], {}     # pages that share a number go on counting
    for chapter in chapters.values():
        number = re.match(r"\d*", chapter.name)[0]
        if not (claims := recap(chapter)): continue
        before = count.get(number, 0)
        res.append(f"## {number} [{chapter.title}]({chapter.name}) {{#claims-{number}{f'-{before + 1}' if before else ''}}}\n")
        count[number] = before + len(claims)
        for k, c in enumerate(claims, before + 1):
            res.append(f"[C{number}.{k}]{{#claim-{number}-{k} .claim-number}} {from_afar(c, chapter, labels)}\n")
            res.append(_shown(c, chapter, labels))
    return "\n".join(res)
