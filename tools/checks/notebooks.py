"Execute the notebooks: `check` compares what their code gives now with what they store, `write` stores it."
import argparse, difflib, os, re, sys, time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbdev.clean import clean_nb

ROOT = Path(__file__).resolve().parents[2]
NBS = ROOT / "nbs"
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def directives(cell) -> set[str]:
    "The names of a code cell's `#|` lines: `#| slow` and `#| label: fig-x` give `{'slow', 'label'}`."
    return {m for m in re.findall(r"^#\|\s*([\w-]+)", cell.source, re.M)}


def is_slow(cell) -> bool: return "slow" in directives(cell)


def not_run(cell) -> bool: return bool(re.search(r"^#\|\s*eval:\s*false", cell.source, re.M | re.I))


def is_volatile(cell) -> bool:
    "Whether the numbers of this cell differ from run to run (a time, a version): only the kind of its outputs is compared."
    return "volatile" in directives(cell)


def text_of(outputs) -> str:
    "All that a cell printed or returned as text, streams joined, memory addresses removed."
    parts = []
    for o in outputs:
        if o.output_type == "stream": parts.append(o.text if o.name == "stdout" else "")
        elif o.output_type == "error": parts.append(f"{o.ename}: {o.evalue}\n")
        else: parts.append("".join(f"[{m}]\n{o.data[m]}\n" for m in ("text/markdown", "text/html", "text/plain") if m in o.data))
    return ADDRESS.sub("", "".join(parts))


def kinds_of(outputs) -> list[str]:
    "What kinds of output a cell has: `figure` for each picture, `text` when there is any."
    figures = sum(any(m.startswith("image/") for m in o.get("data", {})) for o in outputs)
    return ["figure"] * figures + (["text"] if text_of(outputs).strip() else [])


def execute(path: Path, slow: bool, timeout: int):
    "The notebook at `path` executed in a fresh kernel; cells that are not to be run keep the outputs they have."
    nb = nbformat.read(path, as_version=4)
    kept = {}
    for i, cell in enumerate(nb.cells):
        if cell.cell_type == "code" and (not_run(cell) or (is_slow(cell) and not slow)):
            kept[i] = (cell.source, cell.outputs)
            cell.source, cell.outputs = "", []
    os.environ.pop("IN_TEST", None)
    NotebookClient(nb, timeout=timeout, kernel_name="python3", extra_arguments=["--log-level=ERROR"], coalesce_streams=True,
                   resources={"metadata": {"path": str(path.parent)}}).execute()
    for i, (source, outputs) in kept.items(): nb.cells[i].source, nb.cells[i].outputs = source, outputs
    for cell in nb.cells:
        if cell.cell_type == "code": cell.outputs = [o for o in cell.outputs if not (o.output_type == "stream" and o.name == "stderr")]
    clean_nb(nb)
    return nb


def differences(stored, fresh) -> list[str]:
    "What in the stored outputs of a notebook is not what its code gives: a readable entry for each cell that differs."
    res = []
    for n, (a, b) in enumerate(zip(stored.cells, fresh.cells)):
        if a.cell_type != "code": continue
        name = f"cell {n} ({a.get('id', '?')})"
        if kinds_of(a.outputs) != kinds_of(b.outputs):
            res.append(f"{name}: stored {kinds_of(a.outputs) or 'nothing'}, its code gives {kinds_of(b.outputs) or 'nothing'}")
        elif not is_volatile(a) and text_of(a.outputs) != text_of(b.outputs):
            diff = difflib.unified_diff(text_of(a.outputs).splitlines(), text_of(b.outputs).splitlines(), "stored", "fresh", n=0, lineterm="")
            res.append("\n      ".join([f"{name}: text differs", *list(diff)[2:22]]))
    return res


def brief(error: Exception) -> str:
    "The last telling lines of an execution error, without colours."
    return "\n      ".join(re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[-12:])


def handle(command: str, path: Path, slow: bool, timeout: int) -> tuple[bool, str]:
    "Check or write one notebook: whether all is well, and what to say of it."
    start = time.perf_counter()
    try: fresh = execute(path.resolve(), slow, timeout)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as e: return False, f"FAILED\n      {brief(e)}"
    took = f"{time.perf_counter() - start:.0f} s"
    if command == "write":
        nbformat.write(fresh, path)
        return True, f"written ({took})"
    if diffs := differences(nbformat.read(path, as_version=4), fresh): return False, "STALE\n    " + "\n    ".join(diffs)
    return True, f"ok ({took})"


def main(argv=None) -> int:
    p = argparse.ArgumentParser(prog="python -m tools.checks.notebooks", description=__doc__)
    p.add_argument("command", choices=["check", "write"])
    p.add_argument("notebooks", nargs="*", type=Path, help="notebooks to execute (default: all of nbs/)")
    p.add_argument("--slow", action="store_true", help="execute the cells marked `#| slow` too")
    p.add_argument("--timeout", type=int, default=600, help="seconds a cell may take (default 600)")
    a = p.parse_intermixed_args(argv)
    missing = [str(f) for f in a.notebooks if not f.is_file()]
    if missing: p.error(f"no such notebook: {', '.join(missing)}")
    paths, bad = a.notebooks or sorted(NBS.rglob("[!._]*.ipynb")), 0
    if not paths: p.error(f"no notebooks in {NBS}")
    at_once = (os.cpu_count() or 1) if a.command == "check" else 1      # times that are stored are measured alone
    with ProcessPoolExecutor(at_once) as pool:
        jobs = [pool.submit(handle, a.command, path, a.slow, a.timeout) for path in paths]
        for k, (path, job) in enumerate(zip(paths, jobs), 1):
            well, words = job.result()
            bad += not well
            print(f"[{k}/{len(paths)}] {path.name} {words}", flush=True)
    if a.command == "check":
        print(f"{len(paths) - bad} passed, {bad} failed")
        if bad: print("Store fresh outputs with: make outputs NB=nbs/NAME.ipynb")
    return 1 if bad else 0


if __name__ == "__main__": sys.exit(main())
