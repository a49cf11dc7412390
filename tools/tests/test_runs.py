"The numbers that the figure of chapter 17 shows are those that the chapter's slow cell has printed."
import json, re
from pathlib import Path

from tools.book.predict import printed
from tools.book.project import find_project

NBS = find_project(Path(__file__)).nbs


def test_the_figure_of_depth_and_rate_has_the_numbers_of_the_table():
    cells = json.loads((NBS / "17_makemore.ipynb").read_text(encoding="utf-8"))["cells"]
    table = next(printed(c) for c in cells if c["id"] == "slow-grid-table")
    rows = re.findall(r"^ *(\d+) +([\d.]+) +([\d.]+) to ([\d.]+) +([\d.]+) to ([\d.]+) *$", table, re.M)
    text = (NBS / "figures/depth_and_rate_runs.js").read_text(encoding="utf-8")
    kept = json.loads(text.removeprefix("export default ").rstrip(";\n"))
    shown = {(d, r): (*kept["plain"][i][k], *kept["batch"][i][k]) for i, d in enumerate(kept["depths"]) for k, r in enumerate(kept["rates"])}
    assert len(rows) == 9 and shown == {(int(d), float(r)): tuple(map(float, rest)) for d, r, *rest in rows}
