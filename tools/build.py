"The website in one line of stages, whoever renders it: export → process → render → finish → check. Nothing is done twice."
import hashlib, json, os, shutil, subprocess, sys, time
from importlib.metadata import version
from pathlib import Path
from typing import Callable

from .book import exercises, glossary, pace
from .book.chapters import read_book
from .book.claims import recap
from .book.dialect import check_book
from .book.errors import BookError
from .book.project import find_project
from .checks.verify import check_site
from .pages.finish import finish
from .pages.paper import link_papers, write_paper
from .pages.readme import PICTURES, write_readme
from .renderer import katex, pandoc
from .renderer.site import Site

HERE = Path(__file__).resolve().parent
STATE = ".build.json"


def _hash(data: bytes) -> str: return hashlib.sha256(data).hexdigest()


def say(line: str) -> None: print(line, file=sys.stderr, flush=True)


def real_quarto() -> str | None:
    "The path of an installed Quarto."
    return shutil.which("quarto", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


def fingerprint(
    root: Path,  # the project
) -> dict:  # hashes of everything that the site depends on
    "What the site is made from: notebooks one by one, what ties them together (labels, claims, terms, times), and all the rest."
    project = find_project(root)
    nbs, lib = project.nbs, project.lib
    made = {"nbdev.yml", "sidebar.yml", "_modidx.py"}                       # nbdev writes these at each build
    files = [root / "settings.ini", *nbs.rglob("*"), *lib.rglob("*.py"), *HERE.rglob("*")]
    skip = {"__pycache__", ".ipynb_checkpoints", "tests", PICTURES.name}
    files = sorted({f for f in files if f.is_file() and f.name not in made and not skip & set(f.parts)})
    labels = check_book(nbs, project.flags)
    tools = {n: version(n) for n in ("nbdev", "fastcore", "execnb", "panflute", "jinja2", "pyyaml", "pagefind")}
    tools |= {"python": sys.version, "pandoc": pandoc.version(), "quarto": _quarto_version(), "katex": katex.VERSION}
    tools |= {n: bool(shutil.which(n)) for n in ("npm", "node")}
    chapters = read_book(nbs)       # what a chapter says that other pages repeat
    shared = [sorted((o.name, o.chapter.name, o.chapter.title, o.number, o.title) for o in labels.values()),
              [recap(c) for c in chapters.values()], [glossary.read_terms(c) for c in chapters.values()],
              [exercises.asked(c) for c in chapters.values()], pace.run_seconds(nbs)]
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


def run_nbdev(
    root: Path,  # the project
    code: str,  # what to run, in a process of its own: nbdev keeps the settings of the first project that it sees
    on_wait: Callable[[], None] = lambda: None,  # called a few times a second while it runs
) -> int:  # its exit status
    "Run some of nbdev in the project."
    join = lambda *folders: os.pathsep.join(f for f in folders if f)
    env = {**os.environ, "PATH": join(str(Path(sys.executable).parent), os.environ.get("PATH")),
           "PYTHONPATH": join(str(HERE.parent), os.environ.get("PYTHONPATH")),
           "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"), "MPLBACKEND": "Agg"}
    proc = subprocess.Popen([sys.executable, "-c", code], cwd=root, env=env)
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


# ---- the stages

def export(root: Path) -> None:
    "Write the package from the notebooks."
    if run_nbdev(root, "from nbdev.doclinks import nbdev_export; nbdev_export()"):
        raise BookError("The package could not be exported (see above); the site was not built.")


def process(root: Path, names: list[str], fresh: bool) -> Path:  # the folder of processed notebooks
    "Prepare the notebooks for a renderer: nbdev's pass, with the book's own processor (`procs` in settings.ini), then README.md."
    project, proc = find_project(root), root / "_proc"
    if fresh: shutil.rmtree(proc, ignore_errors=True)
    code = "import nbdev.quarto as q; q._ensure_quarto = lambda: None; q.nbdev_proc_nbs()"      # which renderer there is, is ours to say
    if run_nbdev(root, code, progress(proc, names, time.time())): raise BookError("The notebooks could not be processed (see above).")
    write_readme(root, json.loads((proc / project.cover).read_text(encoding="utf-8")))
    return proc


def render(proc: Path, out: Path, cache: Path) -> None:
    "Make the pages, with Quarto where it is installed."
    if not (quarto := real_quarto()): return Site(proc, say, cache).build()
    shutil.rmtree(out, ignore_errors=True)
    if subprocess.run([quarto, "render", "--no-cache"], cwd=proc).returncode: raise BookError("Quarto could not render the site (see above).")


def build(
    root: Path,  # the project
    force: bool = False,  # build even if nothing has changed
) -> bool:  # whether anything was done
    "Export the package and build the site into the project's `doc_path`; on an error raise BookError and leave the previous site as it was."
    start, project = time.time(), find_project(root)
    docs, cache = project.docs, root / "build"
    say("Checking the notebooks ...")
    state = fingerprint(root)
    old = json.loads((docs / STATE).read_text(encoding="utf-8")) if (docs / STATE).is_file() else {}
    if not force and old == state and (docs / "index.html").is_file():
        say(f"Nothing has changed: {docs.relative_to(root)}/ is up to date.\n{how_to_read(root, docs)}")
        return False
    say("Exporting the package ...")
    export(root)
    state = fingerprint(root)       # the export may have changed the package
    renderer = "Quarto" if real_quarto() else "tools/renderer (Quarto is not installed)"
    say(f"Processing {len(state['notebooks'])} notebooks, then rendering them with {renderer} ...")
    try:
        proc = process(root, sorted(state["notebooks"]), force or must_process_all(old, state))
        out = proc / docs.name
        render(proc, out, cache)
        finish(proc, out, project.nbs, cache, say)
        check_site(out)
    except BaseException as e:
        shutil.rmtree(root / "_proc", ignore_errors=True)     # half-processed notebooks must not pass for whole ones
        if not isinstance(e, BookError): raise
        rest = f"{docs.relative_to(root)}/ is the previous one" if docs.is_dir() else "there is none yet"
        raise BookError(f"{e}\nThe site was not built; {rest}.") from e
    (out / STATE).write_text(json.dumps(state, indent=1), encoding="utf-8")
    shutil.rmtree(docs, ignore_errors=True)
    shutil.move(out, docs)
    pages = len([f for f in docs.glob("*.html") if f.name != "404.html"])
    say(f"Built {pages} pages in {time.time() - start:.0f} s: {docs.relative_to(root)}/\n{how_to_read(root, docs)}")
    return True


def paper(
    root: Path,  # the project
    form: str,  # `pdf` or `epub`
) -> Path:  # the file
    "Write the whole book as one file into the built site, which is built first where it is not up to date, and link it on the cover."
    build(root)
    project, proc = find_project(root), root / "_proc"
    if not (proc / project.cover).is_file(): proc = process(root, sorted(fingerprint(root)["notebooks"]), True)
    start = time.time()
    made = write_paper(proc, root / "build" / f"{project.lib.name}.{form}", project.about)
    shutil.copy(made, project.docs / made.name)
    link_papers(project.docs)
    say(f"Wrote {project.docs.relative_to(root)}/{made.name}, {made.stat().st_size/1e6:.1f} MB, in {time.time() - start:.0f} s")
    return made


def how_to_read(root: Path, out: Path) -> str:
    return f"To read it: {Path(sys.executable).name} -m http.server -d {out.relative_to(root)} 8000, then open http://localhost:8000"
