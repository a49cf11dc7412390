"The whole test: the package, the readme, the exported code, the tools, the notebooks. Ends with a line `N passed, N failed`."
import os, re, subprocess, sys, tempfile, time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbdev.doclinks import nbglob

from ..pages.readme import stale_readme
from . import code
from .exports import BIN, ROOT, run, skipped_cells, stale_exports, unseen


def failed_notebooks(output: str) -> list[str]:
    "The names that nbdev_test lists at its end as failed."
    tail = output.rpartition("nbdev Tests Failed On The Following Notebooks:")[2]
    return re.findall(r"^\t(\S+\.ipynb)$", tail, re.M)


def test_notebooks() -> tuple[int, int]:
    "Run nbdev_test over every notebook: how many passed and how many failed."
    names = [Path(p).name for p in nbglob(ROOT / "nbs", as_path=True)]
    cmd = [str(BIN / "nbdev_test"), "--do_print", "--timing", "--n_workers", str(min(len(names), os.cpu_count() or 1))]
    proc = subprocess.Popen(cmd, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"})
    lines = []
    for line in proc.stdout:
        lines.append(line)
        print(line.replace(f"{ROOT}{os.sep}", ""), end="", flush=True)
    if proc.wait() == 0: return len(names), 0
    failed = failed_notebooks("".join(lines)) or names   # a crash of the runner itself fails them all
    return len(names) - len(failed), len(failed)


def test_tools() -> tuple[int, int]:
    "Run the tests of the tools, but those that need a browser (they run with make test-site): how many passed and how many failed."
    with tempfile.TemporaryDirectory() as tmp:
        report = Path(tmp) / "report.xml"
        status = run(sys.executable, "-m", "pytest", "-q", "tools/tests", "--ignore", "tools/tests/test_site.py", f"--junitxml={report}").returncode
        if not report.exists(): return 0, 1
        suite = ET.parse(report).getroot().find("testsuite")
        total, bad = int(suite.get("tests")), int(suite.get("failures")) + int(suite.get("errors"))
        return total - bad - int(suite.get("skipped")), max(bad, int(status != 0))


def report(what: str, problems: list[str], mend: str) -> bool:
    "Print what is wrong and how to mend it; whether anything was."
    for p in problems: print(f"  {p}")
    print(f"{what}: {'ok' if not problems else f'{len(problems)} problem(s); {mend}'}", flush=True)
    return bool(problems)


def check_exports() -> int:
    "Only whether the package is what the notebooks export; the exit status."
    return int(report("package is what the notebooks export", stale_exports(), "run: make export"))


CHECKS = (  # what must be true, who finds where it is not, how to mend it
    ("package is what the notebooks export", stale_exports, "run: make export"),
    ("README.md is what nbs/index.ipynb gives", lambda: stale_readme(ROOT), "run: make readme"),
    ("no notebook is skipped unseen", unseen, "rename it, or remove the switch"),
    ("lines of exported code fit", code.wide_lines, "break them"),
    ("modules are short", code.long_modules, "give some of it a module of its own"),
    ("exported code is on a page", code.hidden_code, "show it"),
    ("types are sound", code.type_errors, "mend the annotation or the code"),
)


def check_all() -> int:
    "Everything; the exit status."
    start, bad = time.perf_counter(), 0
    for what, find, mend in CHECKS:
        bad += report(what, find(), mend)
    with ThreadPoolExecutor() as pool:      # side by side: the last notebook leaves a processor idle, and so do the tools
        tools = pool.submit(test_tools)
        nb_passed, nb_failed = test_notebooks()
        passed, failed = tools.result()
    for line in skipped_cells(): print(f"left out on purpose: {line}")
    good = len(CHECKS) - bad
    print(f"{nb_passed} of {nb_passed + nb_failed} notebooks, {passed} of {passed + failed} tests of the tools, {good} of {len(CHECKS)} checks, "
          f"in {time.perf_counter() - start:.0f} s")
    print(f"{passed + nb_passed + good} passed, {failed + nb_failed + bad} failed")
    return 1 if bad + failed + nb_failed else 0
