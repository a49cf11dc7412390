"The package is what the notebooks export, and no notebook is left out of the test without a word."
import filecmp, os, re, shutil, subprocess, sys, tempfile
from pathlib import Path

from nbdev.doclinks import nbglob
from nbdev.process import NBProcessor

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def run(*args, cwd=ROOT, **env) -> subprocess.CompletedProcess:
    "Run one of the environment's own commands, with its output shown as it comes."
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run([str(a) for a in args], cwd=cwd, env={**os.environ, "PATH": path, **env})


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
        files = lambda root: {p.relative_to(root) for p in [*(root / "bnbook").rglob("*.py"), root / "pyproject.toml"]}
        fresh, here = files(copy), files(ROOT)
        differ = [p for p in sorted(here & fresh) if not filecmp.cmp(ROOT / p, copy / p, shallow=False)]
        return [f"{p}: no notebook exports it" for p in sorted(here - fresh)] + [f"{p}: missing" for p in sorted(fresh - here)] \
            + [f"{p}: differs from what the notebooks export" for p in differ]


def unseen() -> list[str]:
    "Notebooks that nbdev_test would leave out without a word, or whose execution is switched off."
    all_nbs = {p for p in (ROOT / "nbs").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts}
    chosen = {Path(p).resolve() for p in nbglob(ROOT / "nbs", as_path=True)}
    off = re.compile(r"^\s*\"?-?\s*skip_exec:\s*true", re.M | re.I)
    res = [f"{p.name}: nbdev_test skips it because of its name or folder" for p in sorted(all_nbs - chosen)]
    res += [f"{p.parent}: a .notest file switches off its tests" for p in (ROOT / "nbs").rglob(".notest")]
    return res + [f"{p.name}: skip_exec switches off its tests" for p in sorted(chosen) if off.search(p.read_text(encoding="utf-8"))]


def skipped_cells() -> list[str]:
    "The cells that a test run leaves out on purpose, so that nobody believes they ran."
    res = []
    for p in nbglob(ROOT / "nbs", as_path=True).sorted():
        cells = [c for c in NBProcessor(p).nb.cells if c.cell_type == "code"]
        slow = sum("slow" in (c.directives_ or {}) for c in cells)
        off = sum((c.directives_ or {}).get("eval:", [""])[0].lower() == "false" for c in cells)
        if slow or off: res.append(f"{p.name}: {slow} slow, {off} not evaluated")
    return res
