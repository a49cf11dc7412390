"The whole test: exported package, readme, notebooks, tools. Ends with a line `N passed, N failed`."
import argparse, filecmp, os, re, shutil, subprocess, sys, tempfile, time
import xml.etree.ElementTree as ET
from pathlib import Path

from nbdev.doclinks import nbglob
from nbdev.process import NBProcessor

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def run(*args, cwd=ROOT, **env) -> subprocess.CompletedProcess:
    "Run one of the environment's own commands, with its output shown as it comes."
    return subprocess.run([str(a) for a in args], cwd=cwd, env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **env})


def stale_exports() -> list[str]:
    "Files of the package that are not exactly what the notebooks export, found by exporting a copy of the project."
    with tempfile.TemporaryDirectory() as tmp:
        copy = Path(tmp) / "project"
        copy.mkdir()
        for f in ("settings.ini", "setup.py", "pyproject.toml"): shutil.copy2(ROOT / f, copy)
        shutil.copytree(ROOT / "nbs", copy / "nbs", ignore=shutil.ignore_patterns(".*", "nbdev.yml", "_quarto.yml"))
        (copy / "bnbook").mkdir()
        shutil.copy2(ROOT / "bnbook/__init__.py", copy / "bnbook")
        if run(BIN / "nbdev_export", cwd=copy).returncode: return ["nbdev_export failed"]
        fresh = {p.relative_to(copy) for p in [*(copy / "bnbook").rglob("*.py"), copy / "pyproject.toml"]}
        here = {p.relative_to(ROOT) for p in [*(ROOT / "bnbook").rglob("*.py"), ROOT / "pyproject.toml"]}
        res = [f"{p}: no notebook exports it" for p in sorted(here - fresh)] + [f"{p}: missing" for p in sorted(fresh - here)]
        return res + [f"{p}: differs from what the notebooks export" for p in sorted(here & fresh) if not filecmp.cmp(ROOT / p, copy / p, shallow=False)]


def unseen() -> list[str]:
    "Notebooks that nbdev_test would leave out without a word, or whose execution is switched off."
    all_nbs = {p for p in (ROOT / "nbs").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts}
    chosen = {Path(p).resolve() for p in nbglob(ROOT / "nbs", as_path=True)}
    res = [f"{p.name}: nbdev_test skips it because of its name or folder" for p in sorted(all_nbs - chosen)]
    res += [f"{p.parent}: a .notest file switches off its tests" for p in (ROOT / "nbs").rglob(".notest")]
    return res + [f"{p.name}: skip_exec switches off its tests" for p in sorted(chosen) if re.search(r"^\s*\"?-?\s*skip_exec:\s*true", p.read_text(encoding="utf-8"), re.M | re.I)]


def skipped_cells() -> list[str]:
    "The cells that a test run leaves out on purpose, so that nobody believes they ran."
    res = []
    for p in nbglob(ROOT / "nbs", as_path=True).sorted():
        cells = [c for c in NBProcessor(p).nb.cells if c.cell_type == "code"]
        slow = sum("slow" in (c.directives_ or {}) for c in cells)
        off = sum((c.directives_ or {}).get("eval:", [""])[0].lower() == "false" for c in cells)
        if slow or off: res.append(f"{p.name}: {slow} slow, {off} not evaluated")
    return res


def failed_notebooks(output: str) -> list[str]:
    "The names that nbdev_test lists at its end as failed."
    tail = output.rpartition("nbdev Tests Failed On The Following Notebooks:")[2]
    return re.findall(r"^\t(\S+\.ipynb)$", tail, re.M)


def test_notebooks() -> tuple[int, int]:
    "Run nbdev_test over every notebook: how many passed and how many failed."
    names = [Path(p).name for p in nbglob(ROOT / "nbs", as_path=True)]
    cmd = [str(BIN / "nbdev_test"), "--do_print", "--timing", "--n_workers", str(min(len(names), os.cpu_count() or 1))]
    proc = subprocess.Popen(cmd, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    lines = []
    for line in proc.stdout:
        lines.append(line)
        print(line.replace(f"{ROOT}{os.sep}", ""), end="", flush=True)
    if proc.wait() == 0: return len(names), 0
    failed = failed_notebooks("".join(lines)) or names   # a crash of the runner itself fails them all
    return len(names) - len(failed), len(failed)


def test_tools() -> tuple[int, int]:
    "Run the tests of the tools, but those that need a browser (make test-site): how many passed and how many failed."
    with tempfile.TemporaryDirectory() as tmp:
        report = Path(tmp) / "report.xml"
        code = run(sys.executable, "-m", "pytest", "-q", "tools", "--ignore", "tools/tests/test_browser.py", f"--junitxml={report}").returncode
        if not report.exists(): return 0, 1
        suite = ET.parse(report).getroot().find("testsuite")
        total, bad = int(suite.get("tests")), int(suite.get("failures")) + int(suite.get("errors"))
        return total - bad - int(suite.get("skipped")), max(bad, int(code != 0))


def report(what: str, problems: list[str], mend: str) -> bool:
    "Print what is wrong and how to mend it; whether anything was."
    for p in problems: print(f"  {p}")
    print(f"{what}: {'ok' if not problems else f'{len(problems)} problem(s); {mend}'}", flush=True)
    return bool(problems)


def main(argv=None) -> int:
    p = argparse.ArgumentParser(prog="python -m tools.checks.check", description=__doc__)
    p.add_argument("--exports-only", action="store_true", help="check only that the package is what the notebooks export")
    exports_only = p.parse_args(argv).exports_only
    start, bad = time.perf_counter(), 0
    bad += report("package is what the notebooks export", stale_exports(), "run: make export")
    if exports_only: return bad
    bad += report("README.md is what nbs/index.ipynb gives", [] if run(sys.executable, "-m", "tools", "readme", "--check").returncode == 0 else ["README.md is stale"], "run: make readme")
    bad += report("no notebook is skipped unseen", unseen(), "rename it, or remove the switch")
    passed, failed = test_tools()
    nb_passed, nb_failed = test_notebooks()
    for line in skipped_cells(): print(f"left out on purpose: {line}")
    print(f"{nb_passed} of {nb_passed + nb_failed} notebooks, {passed} of {passed + failed} tool tests, {3 - bad} of 3 checks, in {time.perf_counter() - start:.0f} s")
    print(f"{passed + nb_passed + 3 - bad} passed, {failed + nb_failed + bad} failed")
    return 1 if bad + failed + nb_failed else 0


if __name__ == "__main__": sys.exit(main())
