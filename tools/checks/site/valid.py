"Whether the pages are valid HTML: html-validate, fetched once through npm where npm is there."
import json, shutil, subprocess
from pathlib import Path

VERSION = "9.7.1"       # newer ones need a Node that Debian has not yet
RULES = {"root": True, "extends": ["html-validate:standard"], "rules": {"wcag/h63": "error"}}


def program(
    cache: Path,  # folder that keeps it between runs
) -> Path | None:  # None where npm is missing or cannot fetch it
    "The validator."
    folder, npm = cache / f"html-validate-{VERSION}", shutil.which("npm")
    there = folder / "node_modules/.bin/html-validate"
    if not there.exists() and npm:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), f"html-validate@{VERSION}"], capture_output=True)
    return there if there.exists() else None


def faults(
    found: Path,  # the validator
    site: Path,  # folder of pages
) -> list[str]:
    "What is wrong with the pages of a folder, a line for each kind of fault on each page."
    config = found.parents[2] / "rules.json"
    config.write_text(json.dumps(RULES))
    pages = sorted(str(p) for p in site.glob("*.html"))
    r = subprocess.run([str(found), "--config", str(config), "--formatter", "json", *pages], capture_output=True, text=True)
    try: told = json.loads(r.stdout)
    except ValueError: return [f"html-validate failed: {r.stderr[-300:]}"]
    lines = (f"{Path(f['filePath']).name}:{m['line']}: {m['message']} ({m['ruleId']})" for f in told for m in f["messages"])
    return list({(line.partition(":")[0], line.rpartition("(")[2]): line for line in lines}.values())


def check_valid(site: str, cache: Path) -> tuple[int, int]:  # how many pages are valid, and how many not
    "Say what is wrong with the pages; a site at an address, or a machine without npm, is passed over with a word."
    if not Path(site).is_dir() or not (found := program(cache)):
        print("HTML not validated: that needs a folder of pages, and npm")
        return 0, 0
    wrong = faults(found, Path(site))
    for line in wrong: print(line)
    bad = len({line.partition(":")[0] for line in wrong})
    return len(list(Path(site).glob("*.html"))) - bad, bad
