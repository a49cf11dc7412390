"What is still owed to a check that is newer than the thing it checks. The list shrinks: who mends a thing must strike it out."
from pathlib import Path

FILE = Path(__file__).with_name("owed.txt")     # lines such as `lines fit: nbs/18_diagnostics.ipynb`


def unexpected(
    check: str,  # its name
    problems: list[str],  # what it found, each beginning with the name of a file and a colon
    owed: str | None = None,  # the list; None takes the one of the book
) -> list[str]:
    "The problems of files that the list does not name, and a message for each that it names without need."
    if owed is None: owed = FILE.read_text(encoding="utf-8") if FILE.is_file() else ""
    known = {name.strip() for line in owed.splitlines() for c, _, name in [line.partition(": ")] if c == check}
    where = lambda p: p.partition(":")[0].partition(",")[0]
    res = [p for p in problems if where(p) not in known]
    return res + [f"{name}: nothing is wrong any more with `{check}`: take it out of tools/book/{FILE.name}" for name in sorted(known - set(map(where, problems)))]
