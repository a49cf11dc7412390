"A processed notebook as one Markdown text for pandoc, its pictures as files; stored outputs are shown, nothing is run."
import base64, json, re
from dataclasses import dataclass, field

import yaml

from ..book.chapters import line_of, mask_code, option_value
from ..book.dialect import OPTIONS
from ..book.errors import BookError, place

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SHOWN = ("text/html", "text/markdown", "image/svg+xml", "image/png", "text/latex", "text/plain")  # the first that an output has
_REPR = re.compile(r"\[?<(?:matplotlib|Figure|Axes)|<Figure size|Text\(")      # what matplotlib returns beside its picture
_FOREIGN = ((r"\{\{<", "a Quarto shortcode", "prose"), (r"^[ \t]*!!!", "an admonition of another system", "prose"),
            (r"\(attachment:", "a picture attached to a cell", "prose"),
            (r"^[ \t]*`{3,}[ \t]*\{[a-zA-Z]+[ \t}]", "code that a renderer would run", "all"))
SUFFIX = {"image/svg+xml": ".svg", "image/png": ".png"}
MARK = "json"             # the raw format of the marks: one that panflute knows and no writer prints


@dataclass
class Source:
    "What a page is made of."
    meta: dict = field(default_factory=dict)                # front matter
    text: str = ""                                          # Markdown, each cell preceded by a mark that names it
    pictures: dict[str, bytes] = field(default_factory=dict)  # path relative to the page, and contents


def _joined(value) -> str: return "".join(value) if isinstance(value, list) else value


def fence(
    text: str,  # what goes into a code block
) -> str:  # backticks that it cannot close
    "A fence for a code block."
    return "`" * max(3, 1 + max((len(m) for m in re.findall(r"`+", text)), default=0))


def code_block(text: str, attributes: str) -> str: return f"{fence(text)}{{{attributes}}}\n{text}\n{fence(text)}"


def raw_html(text: str) -> str: return code_block(text, "=html")


def _quote(value: str) -> str: return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def split_options(
    source: str,  # a code cell
    where: str,  # its place, for messages
) -> tuple[dict, str]:  # the cell's options, and the code without them
    "Read the `#| name: value` lines of a code cell; raise BookError for one that is not in the dialect."
    options, rest = {}, source.splitlines()
    while rest and (m := re.match(r"\s*#\|\s*(.*)", rest[0])):
        rest.pop(0)
        key, colon, value = m[1].partition(":")
        key = key.strip()
        if not colon or key not in OPTIONS: raise BookError(f"{where}: cell option `{m[1].strip()}` is not in the book's dialect")
        try: options[key] = option_value(f"x: {value}")
        except yaml.YAMLError as e: raise BookError(f"{where}: the value of `{key}` is not YAML: {value.strip()}") from e
    return options, "\n".join(rest).strip("\n")


def check_markdown(text: str, page: str, cell: int | None) -> None:
    "Raise BookError for what Quarto knows and the book's dialect has not, as far as the text alone shows it."
    for pattern, what, where in _FOREIGN:
        if m := re.search(pattern, mask_code(text) if where == "prose" else text, re.M):
            found = text[m.start():].strip().splitlines()[0][:60]
            raise BookError(f"{place(page, cell, line_of(text, m.start()))}: {what} is not in the book's dialect: {found}")


def output_block(out: dict, where: str) -> tuple[str, str, bytes]:
    "One output: its kind (`picture`, `table`, `markdown` or `text`; empty for nothing), its Markdown or the picture's suffix, the picture."
    kind = out["output_type"]
    if kind == "stream":
        name = "stderr" if out.get("name") == "stderr" else "stdout"
        return "text", _pre(_joined(out["text"]), f"cell-output cell-output-{name}"), b""
    if kind == "error": return "text", _pre(f"{out['ename']}: {out['evalue']}", "cell-output cell-output-error"), b""
    data = out["data"]
    mime = next((m for m in _SHOWN if m in data), None)
    if mime is None: raise BookError(f"{where}: no output of the kinds {', '.join(data)} can be shown; the book shows {', '.join(_SHOWN)}")
    value = _joined(data[mime])
    if mime in SUFFIX: return "picture", SUFFIX[mime], value.encode() if mime == "image/svg+xml" else base64.b64decode(value)
    if mime == "text/plain": return ("", "", b"") if _REPR.match(value) else ("text", _pre(value, "cell-output cell-output-display"), b"")
    if mime == "text/html": return ("table" if "<table" in value else "html"), raw_html(value), b""
    return ("table" if "<table" in value or re.search(r"^\s*\|.*\|\s*$", value, re.M) else "markdown"), value, b""


def _pre(text: str, classes: str) -> str:
    text = _ANSI.sub("", text).rstrip()
    return _div(f"{fence(text)}\n{text}\n{fence(text)}", classes)


def _div(body: str, classes: str = "", name: str = "") -> str:
    attributes = " ".join([*([f"#{name}"] if name else []), *[f".{c}" for c in classes.split()]])
    return f":::::::: {{{attributes}}}\n{body}\n\n::::::::"


def code_cell(
    cell: dict,  # a code cell of a processed notebook
    page: str,  # the notebook's name, for messages
    number: int | None,  # the cell's number in the source notebook, for messages
    stem: str,  # where pictures go, relative to the page, such as `normalize_files/cell-7`
    pictures: dict[str, bytes],  # pictures so far; this cell's are added
) -> str:  # Markdown
    "A code cell as the page shows it: the code, then the outputs."
    where = place(page, number)
    options, code = split_options(_joined(cell["source"]), where)
    if options.get("include") is False: return ""
    parts, label = [], str(options.get("label") or "")
    if options.get("echo", True) is not False and code.strip():
        fold = str(options.get("code-fold", "false")).lower()
        if fold not in ("true", "false", "show"): raise BookError(f"{where}: code-fold is true, false or show, not {fold}")
        more = f' code-fold={_quote(fold)} code-summary={_quote(options.get("code-summary", "Code"))}' if fold != "false" else ""
        parts.append(code_block(code, f".python .cell-code{more}"))
    blocks = [output_block(o, where) for o in cell.get("outputs", [])] if options.get("output", True) is not False else []
    shown = []
    for n, (kind, value, data) in enumerate(blocks, 1):
        if kind == "picture":
            if not options.get("fig-alt"):
                raise BookError(f"{where}: a figure needs `#| fig-alt:` that says its finding to someone who cannot see it")
            path = f"{stem}-output-{n}{value}"
            pictures[path] = data
            value = f"![]({path}){{fig-alt={_quote(options['fig-alt'])}}}"
        if kind: shown.append((kind, value))
    wanted = {"fig": "picture", "tbl": "table"}.get(label.partition("-")[0])
    if wanted:
        caption = options.get(f"{label[:3]}-cap")
        if not caption: raise BookError(f"{where}: `{label}` needs `#| {label[:3]}-cap:`, a claim that says what to see")
        body = [v for k, v in shown if k == wanted or (wanted == "picture" and k == "html")]
        if not body: raise BookError(f"{where}: `{label}` has no stored {wanted}; run the notebook and save it")
        first = next(i for i, (k, v) in enumerate(shown) if v == body[0])
        shown = [s for s in shown if s[1] not in body]
        shown.insert(first, ("float", _div("\n\n".join([*body, caption]), "cell-output-display", label)))
    elif options.get("fig-cap"): raise BookError(f"{where}: a caption needs a label: add `#| label: fig-...`")
    elif options.get("tbl-cap"): raise BookError(f"{where}: a caption needs a label: add `#| label: tbl-...`")
    for kind, value in shown:
        classes = "cell-output cell-output-display" + (" cell-output-markdown" if kind == "markdown" else "")
        parts.append(value if kind in ("text", "float") else _div(value, classes))
    return _div("\n\n".join(parts), "cell", label if label and not wanted else "") if parts else ""


def read_notebook(
    nb: dict,  # a notebook that nbdev has processed
    page: str,  # its file name, for messages
    files: str,  # folder for its pictures, relative to the page
) -> Source:
    "What a page is made of, from a processed notebook."
    res, parts = Source(), []
    for n, cell in enumerate(nb["cells"]):
        text, number = _joined(cell["source"]), cell.get("metadata", {}).get("cell")
        if cell["cell_type"] == "raw":
            m = re.fullmatch(r"\s*---\s*\n(.*?)\n---\s*", text, re.S)
            if not m: raise BookError(f"{place(page, number)}: a raw cell may hold front matter only")
            try: res.meta.update(yaml.safe_load(m[1]) or {})
            except yaml.YAMLError as e: raise BookError(f"{place(page, number)}: front matter is not YAML: {e}") from e
            continue
        if cell["cell_type"] == "markdown":
            check_markdown(text, page, number)
            part = text
        else: part = code_cell(cell, page, number, f"{files}/cell-{n}", res.pictures)
        if part.strip(): parts.append(code_block(json.dumps(number), f"={MARK}") + "\n\n" + part)
    res.text = "\n\n".join(parts)
    return res
