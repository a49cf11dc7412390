"The commands: build the site through nbdev, with Quarto or with the renderer of this package in its place; nothing is done twice."
import hashlib, json, os, shutil, stat, subprocess, sys, tempfile, time
from importlib.metadata import version
from pathlib import Path
from typing import Callable

from .book import glossary, pace
from .renderer import katex, pandoc
from .book.chapters import check_book, read_book, recap
from .book.errors import BookError
from .book.project import find_project

HERE = Path(__file__).resolve().parent
STATE = ".build.json"


def _hash(data: bytes) -> str: return hashlib.sha256(data).hexdigest()


def say(line: str) -> None: print(line, file=sys.stderr, flush=True)


def real_quarto() -> str | None:
    "The path of an installed Quarto."
    return shutil.which("quarto")


def cache_folder(root: Path) -> Path: return root / "build"


def fingerprint(
    root: Path,  # the project
) -> dict:  # hashes of everything that the site depends on
    "What the site is made from: notebooks one by one, what ties them together (labels, claims, terms, times), and all the rest."
    project = find_project(root)
    nbs, lib = project.nbs, project.lib
    made = {"nbdev.yml", "sidebar.yml", "_modidx.py"}                       # nbdev writes these at each build
    files = [root / "settings.ini", *nbs.rglob("*"), *lib.rglob("*.py"), *HERE.rglob("*")]
    skip = {"__pycache__", ".ipynb_checkpoints", "tests"}
    files = sorted({f for f in files if f.is_file() and f.name not in made and not skip & set(f.parts)})
    labels = check_book(nbs, project.flags)
    tools = {n: version(n) for n in ("nbdev", "fastcore", "execnb", "panflute", "jinja2", "pyyaml")}
    tools |= {"python": sys.version, "pandoc": pandoc.version(), "quarto": _quarto_version(), "katex": katex.VERSION}
    tools |= {n: bool(shutil.which(n)) for n in ("npm", "node")}
    chapters = read_book(nbs)       # what a chapter says that other pages repeat
    shared = [sorted((o.name, o.chapter.name, o.chapter.title, o.number, o.title) for o in labels.values()),
              [recap(c) for c in chapters.values()], [glossary.read_terms(c) for c in chapters.values()], pace.run_seconds(nbs)]
    return {"notebooks": {f.name: _hash(f.read_bytes()) for f in files if f.suffix == ".ipynb"},
            "shared": _hash(repr(shared).encode()),
            "rest": _hash(repr([(str(f), _hash(f.read_bytes())) for f in files if f.suffix != ".ipynb"] + sorted(tools.items())).encode())}


def _quarto_version() -> str:
    quarto = real_quarto()
    return subprocess.run([quarto, "--version"], capture_output=True, text=True).stdout.strip() if quarto else ""


def must_process_all(
    old: dict,  # the fingerprint of the last build; empty when there is none
    new: dict,
) -> bool:  # whether a change in one notebook may show in another
    "Whether nbdev must process every notebook again: always, but for changes inside notebooks that leave what other pages show of them as it was."
    return any(old.get(k) != new[k] for k in ("shared", "rest")) or set(old.get("notebooks", {})) != set(new["notebooks"])


def stand_in(
    folder: Path,  # a folder to go first on PATH
) -> None:
    "Write a command `quarto` that calls this package; it passes on to a real Quarto what is not its own."
    f = folder / "quarto"
    f.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tools quarto "$@"\n')
    f.chmod(f.stat().st_mode | stat.S_IXUSR)


def run_nbdev(
    root: Path,  # the project
    command: str,  # the function of nbdev.quarto to run, such as `nbdev_docs`
    on_wait: Callable[[], None] = lambda: None,  # called a few times a second while it runs
) -> int:  # its exit status
    "Run one of nbdev's commands with the stand-in first on PATH."
    with tempfile.TemporaryDirectory() as tmp:
        stand_in(Path(tmp))
        join = lambda *folders: os.pathsep.join(f for f in folders if f)
        env = {**os.environ, "PATH": join(tmp, str(Path(sys.executable).parent), os.environ.get("PATH")),
               "PYTHONPATH": join(str(HERE.parent), os.environ.get("PYTHONPATH")), "BNBOOK_QUARTO": real_quarto() or "",
               "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"), "MPLBACKEND": "Agg"}
        proc = subprocess.Popen([sys.executable, "-c", f"from nbdev.quarto import {command}; {command}()"], cwd=root, env=env)
        try:
            while True:
                on_wait()
                try: return proc.wait(0.3)
                except subprocess.TimeoutExpired: pass
        finally:
            if proc.poll() is None:
                proc.terminate()
                proc.wait()


def progress(
    proc: Path,  # the folder of processed notebooks
    names: list[str],  # the notebooks
    since: float,  # when the build began
) -> Callable[[], None]:
    "A function that says which notebooks nbdev has processed since it was last called."
    done = set()

    def look():
        for n in names:
            f = proc / n
            if n not in done and f.is_file() and f.stat().st_mtime >= since:
                done.add(n)
                say(f"  processed [{len(done)}/{len(names)}] {n}")
    return look


def build(
    root: Path,  # the project
    force: bool = False,  # build even if nothing has changed
) -> bool:  # whether anything was done
    "Export the package and build the site into the project's `doc_path`; on an error raise BookError and leave the previous site as it was."
    start, out = time.time(), find_project(root).docs
    say("Checking the notebooks ...")
    state = fingerprint(root)
    old = json.loads((out / STATE).read_text(encoding="utf-8")) if (out / STATE).is_file() else {}
    if not force and old == state and (out / "index.html").is_file():
        say(f"Nothing has changed: {out.relative_to(root)}/ is up to date.\n{how_to_read(root, out)}")
        return False
    say("Exporting the package ...")
    if run_nbdev(root, "nbdev_export"): raise BookError("The package could not be exported (see above); the site was not built.")
    state = fingerprint(root)       # the export may have changed the package
    proc = root / "_proc"
    if force or must_process_all(old, state): shutil.rmtree(proc, ignore_errors=True)
    renderer = "Quarto" if real_quarto() else "our own renderer (Quarto is not installed)"
    say(f"Processing {len(state['notebooks'])} notebooks, then rendering them with {renderer} ...")
    status = run_nbdev(root, "nbdev_docs", progress(proc, sorted(state["notebooks"]), start))
    if status:
        shutil.rmtree(proc, ignore_errors=True)     # half-processed notebooks must not pass for whole ones
        rest = f"{out.relative_to(root)}/ is the previous one" if out.is_dir() else "there is none yet"
        raise BookError(f"The site was not built (see above); {rest}.")
    (out / STATE).write_text(json.dumps(state, indent=1), encoding="utf-8")
    pages = len(list(out.glob("*.html")))
    say(f"Built {pages} pages in {time.time() - start:.0f} s: {out.relative_to(root)}/\n{how_to_read(root, out)}")
    return True


def how_to_read(root: Path, out: Path) -> str:
    return f"To read it: {Path(sys.executable).name} -m http.server -d {out.relative_to(root)} 8000, then open http://localhost:8000"
