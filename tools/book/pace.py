"How much there is to a page: minutes of reading, lines of code, and the seconds that the code runs."
import json, math, re
from pathlib import Path

from .chapters import mask_code

WORDS = 238                 # read in a minute, silently, in English (Brysbaert 2019, doi 10.1016/j.jml.2019.104047)
LINE = 6                    # words of prose that take as long as a line of code: an assumption, a second and a half a line
TIMES = "tbl-93-times"      # the table of measured times, in the chapter on reproducibility


def words(text: str) -> int:
    "The words of a piece of Markdown that are read: not code, addresses or attributes."
    prose = re.sub(r"<[^>]*>|https?://\S+|\]\([^)\n]*\)|\{[^}\n]*\}|@[\w-]+", " ", mask_code(text))
    return len(re.findall(r"[^\W\d_][\w'’-]*", prose))


def _option(cell, name: str) -> str:
    m = re.search(rf"^#\|\s*{name}:\s*(\S+)", cell["source"], re.M)
    return m[1].lower() if m else ""


def code_lines(cell) -> int:
    "The lines of code that a page shows of a processed cell unfolded, without empty ones."
    if cell["cell_type"] != "code" or _option(cell, "echo") == "false" or _option(cell, "include") == "false": return 0
    if _option(cell, "code-fold") == "true": return 0
    return sum(1 for line in cell["source"].splitlines() if line.strip() and not line.startswith("#|"))


def told(cell) -> int:
    "The words that a page shows of a processed cell: its prose, or the Markdown that its code made."
    if cell["cell_type"] == "markdown": return words(cell["source"])
    if cell["cell_type"] != "code" or _option(cell, "include") == "false": return 0
    outputs = ((o.get("data") or {}).get("text/markdown", "") for o in cell.get("outputs", []))
    return sum(words(re.sub(r"```\{=html\}\n(.*?)```", r"\1", "".join(o), flags=re.S)) for o in outputs)


def run_seconds(
    folder: Path,  # of the notebooks
) -> dict[str, int]:  # by the notebook's file name; empty while nothing is measured
    "The seconds that each notebook takes to run, from the stored table labelled `TIMES`, which has a row for each."
    for path in sorted(folder.glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        if TIMES not in text: continue
        for c in json.loads(text)["cells"]:
            if c["cell_type"] != "code" or f"label: {TIMES}" not in "".join(c["source"]): continue
            table = "".join("".join((o.get("data") or {}).get("text/markdown", "")) for o in c["outputs"])
            return {m[1]: int(m[2]) for m in re.finditer(r"^\|[^|]*\(([\w.]+\.ipynb)\)\s*\|\s*(\d+)", table, re.M)}
    return {}


def line(
    cells: list,  # of the processed notebook, as its page shows it
    seconds: int | None = None,  # that it takes to run
    more: int = 0,  # words that the renderer adds, such as a bibliography
) -> str:
    "The line that says how much there is to a page."
    code = sum(map(code_lines, cells))
    minutes = max(1, math.ceil((sum(map(told, cells)) + more + LINE * code) / WORDS))
    parts = [f"{minutes} min of reading"]
    if code: parts.append(f"{code} line{'s' * (code > 1)} of code" + (f" that run{'s' * (code == 1)} in {seconds}\u00a0s" if seconds else ""))
    return ", ".join(parts)
