"The website in a real browser: pytest cases, one for each page, theme and width; the figures; and their arithmetic under node."
import json, os, re, shutil, subprocess, sys, tempfile, threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Iterator

from ...book.errors import BookError

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
RUNS, FEW = 2, 9        # browsers side by side, where the machine has a processor for each and the site more than a few pages
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_browser() -> str:
    "The path of the first Chromium or Chrome on PATH."
    if path := next(filter(None, map(shutil.which, BROWSERS)), None): return path
    raise BookError("no Chromium on PATH: install it (Debian: apt-get install chromium)")


class Quiet(SimpleHTTPRequestHandler):
    "Serves files without a line for each."
    protocol_version = "HTTP/1.1"
    def log_message(self, *args): pass


@contextmanager
def served(
    site: str,  # a folder or an address
) -> Iterator[str]:  # an address
    "A site to look at: a folder is served on a free port of this machine while the block runs."
    if re.match(r"https?://", site):
        yield site.removesuffix("index.html").rstrip("/") + "/"
        return
    if not (Path(site) / "index.html").is_file():
        raise BookError(f"no website in {site}: it has no index.html; build it first (make book)")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try: yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def run_pytest(
    site: str,  # a folder or an address
    options: list[str] = (),  # of pytest
    notebooks: Path = ROOT / "nbs",  # the sources of the site
    tests: str = ".",  # which of the tests beside this file
) -> tuple[int, int]:  # how many passed and failed
    "Run the tests beside this file over a site."
    find_browser()
    folder = None if re.match("https?://", site) else Path(site).resolve()
    runs = min(RUNS, os.cpu_count() or 1) if tests == "." and folder and len(list(folder.glob("*.html"))) > FEW else 1
    with served(site) as url, tempfile.TemporaryDirectory() as tmp:
        def start(k: int) -> subprocess.Popen:
            env = {**os.environ, "SITE_URL": url, "SITE_FOLDER": str(folder or ""), "SITE_NOTEBOOKS": str(notebooks), "SITE_RUN": f"{k}/{runs}"}
            cmd = [sys.executable, "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider", f"--junitxml={tmp}/{k}.xml", "--rootdir", str(HERE), str(HERE / tests)]
            return subprocess.Popen([*cmd, *options], env=env, cwd=ROOT, stdout=open(f"{tmp}/{k}.txt", "w") if k else None)
        started = [start(k) for k in range(runs)]
        passed = failed = 0
        for k, run in enumerate(started):
            status, report = run.wait(), Path(tmp) / f"{k}.xml"
            if k: print((Path(tmp) / f"{k}.txt").read_text(encoding="utf-8"), flush=True)       # the first has said what it found meanwhile
            counts = re.search(r'errors="(\d+)" failures="(\d+)" skipped="(\d+)" tests="(\d+)"', report.read_text()) if report.is_file() else None
            errors, failures, skipped, total = map(int, counts.groups()) if counts else (1, 0, 0, 1)
            passed, failed = passed + total - errors - failures - skipped, failed + max(errors + failures, int(status not in (0, 1, 5)))
    return passed, failed


def check_arithmetic() -> tuple[int, int]:
    "Run the tests of the figures' arithmetic under node, against numbers of the package: how many passed and failed."
    if not (node := shutil.which("node")): raise BookError("the arithmetic of the figures is tested by node: install it (Debian: apt-get install nodejs)")
    from .expected import numbers
    with tempfile.TemporaryDirectory() as tmp:
        (Path(tmp) / "expected.json").write_text(json.dumps(numbers()))
        env = {**os.environ, "EXPECTED": f"{tmp}/expected.json", "MATH": str(ROOT / "nbs/figures/math.js")}
        r = subprocess.run([node, "--test", "--test-reporter=tap", str(HERE / "math.test.mjs")], env=env, capture_output=True, text=True)
    count = lambda what: int(m[1]) if (m := re.search(rf"^# {what} (\d+)", r.stdout, re.M)) else 0
    if r.returncode: print(r.stdout[-3000:], r.stderr[-1000:])
    return count("pass"), max(count("fail"), int(r.returncode != 0))


def check(site: str, options: list[str]) -> int:
    "Check a built site, and end with `N passed, N failed`; the exit status."
    passed, failed = run_pytest(site, options)
    if not options:     # all of it: the arithmetic, valid HTML, and whether these checks notice what they should
        from .valid import check_valid
        own = run_pytest(site, [], tests="../../tests/test_site.py")
        for good, bad in (check_arithmetic(), check_valid(site, ROOT / "build"), own): passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return int(bool(failed) or not passed)


def draw_stills(site: str) -> int:
    "Write the still pictures of the interactive figures into nbs/figures/; the exit status."
    with served(site) as os.environ["SITE_URL"]:
        from playwright.sync_api import sync_playwright
        from .test_figures import DESK, FIGURES, SOURCES, draw_still
        with sync_playwright() as p:
            page = p.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"]).new_page(viewport={"width": DESK, "height": 900})
            for f in FIGURES:
                (SOURCES / f"{f.file}.svg").write_text(draw_still(page, f), encoding="utf-8")
                print(f"wrote nbs/figures/{f.file}.svg")
    return 0
