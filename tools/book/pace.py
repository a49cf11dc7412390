"How much there is to a page: minutes of reading, lines of code, and the seconds that the code runs."
import json, math, re
from pathlib import Path

from .chapters import Chapter, mask_code

WORDS = 238                 # read in a minute, silently, in English (Brysbaert 2019, doi 10.1016/j.jml.2019.104047)
TIMES = "tbl-93-times"      # the table of measured times, in the chapter on reproducibility
_HIDDEN = {"hide", "export", "exporti", "default_exp"}


def reading_minutes(chapter: Chapter) -> int:
    "The minutes that the prose of a chapter takes to read, rounded up."
    prose = " ".join(mask_code(c.source) for c in chapter.cells if c.kind == "markdown")
    prose = re.sub(r"<[^>]*>|https?://\S+|\]\([^)\n]*\)|\{[^}\n]*\}|@[\w-]+", " ", prose)
    return max(1, math.ceil(len(re.findall(r"[^\W\d_][\w'’-]*", prose)) / WORDS))


def code_lines(chapter: Chapter) -> int:
    "The lines of code that a chapter shows unfolded, without empty ones."
    shown = [c for c in chapter.cells if c.kind == "code" and not c.directives & _HIDDEN and c.option("echo", True)
             and c.option("include", True) and not c.option("code-fold")]
    return sum(1 for c in shown for line in c.source.splitlines() if line.strip() and not line.startswith("#|"))


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
    chapter: Chapter,
    seconds: int | None,  # that it takes to run
) -> str:
    "The line that says how much there is to a page."
    minutes, code = reading_minutes(chapter), code_lines(chapter)
    parts = [f"{minutes} min of reading"]
    if code: parts.append(f"{code} line{'s' * (code > 1)} of code" + (f" that run{'s' * (code == 1)} in {seconds} s" if seconds else ""))
    return ", ".join(parts)
