"The browser, the site being looked at, and the cases: each page in each theme and width, and each page by itself."
import os, re, urllib.error, urllib.request
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import sync_playwright

from . import find_browser

HERE = Path(__file__).parent
DESK, PHONE = 1280, 390         # CSS pixels
VIEWS = [(width, theme) for width in (DESK, PHONE) for theme in ("light", "dark")]
URL, FOLDER = os.environ["SITE_URL"], os.environ.get("SITE_FOLDER", "")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def get(url: str) -> tuple[int, bytes]:  # status and content
    "Fetch an address of the site, once."
    url = urldefrag(url)[0]
    if url not in get.got:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(url, timeout=30) as r: get.got[url] = (r.status, r.read())
        except urllib.error.HTTPError as e: get.got[url] = (e.code, b"")
        except urllib.error.URLError: get.got[url] = (0, b"")
    return get.got[url]


get.got = {}


@lru_cache(None)
def anchors(page: str) -> set[str]:
    "What a link to a page may point at."
    return set(re.findall(r'\s(?:id|name)="([^"]+)"', get(urljoin(URL, page))[1].decode()))


def own(url: str) -> bool: return url.startswith(URL)


def name(url: str) -> str:
    "The name of a page of the site: its path below the start, `index.html` for a folder."
    path = unquote(urlsplit(url).path.removeprefix(urlsplit(URL).path))
    return path + "index.html" if not path or path.endswith("/") else path


def all_pages() -> list[str]:
    "The pages in reading order: those that the start links to, then those that others link to, then what else the folder holds."
    waiting, done = ["index.html"], []
    while waiting:
        page = waiting.pop(0)
        status, text = get(urljoin(URL, page))
        if page in done or status != 200: continue
        done.append(page)
        links = (urldefrag(urljoin(urljoin(URL, page), h))[0] for h in re.findall(r'<a\b[^>]*\bhref="([^"]+)"', text.decode()))
        waiting += [name(u) for u in links if own(u) and re.search(r"(?:/|\.html?)$", u)]
    folder = sorted(Path(FOLDER).rglob("*.html")) if FOLDER else []
    there = [f.relative_to(FOLDER).as_posix() for f in folder if f.name != "404.html" and "site_libs" not in f.parts]
    all_pages.orphans = [p for p in there if p not in done]
    return done + all_pages.orphans


class View:
    "One colour theme at one width, with a browser page of its own that notes what goes wrong in it."

    def __init__(self, browser, width: int, theme: str):
        phone = width == PHONE
        context = browser.new_context(viewport={"width": width, "height": 844 if phone else 900}, color_scheme=theme, reduced_motion="reduce",
                                      has_touch=phone, is_mobile=phone, service_workers="block")
        self.width, self.theme, self.seen, self.page, self.at = width, theme, [], context.new_page(), ""
        foreign = lambda url: re.match(r"(?:https?|wss?):", url) and not own(url)
        short = lambda url: url.removeprefix(URL)
        note = self.seen.append

        def console(m):   # a resource that fails to load is told by its own event
            if m.type == "error" and not m.text.startswith("Failed to load resource"):
                note(f"console: {m.text.strip().splitlines()[0][:200]} ({short(m.location.get('url', ''))}:{m.location.get('lineNumber', 0) + 1})")
        self.page.on("console", console)
        self.page.on("pageerror", lambda e: note(f"script error: {str(e).strip().splitlines()[0][:200]}"))
        self.page.on("request", lambda r: note(f"asks another host: {r.url[:150]}") if foreign(r.url) else None)
        self.page.on("response", lambda r: note(f"answers {r.status}: {short(r.url)}") if r.status >= 400 and own(r.url) else None)
        self.page.on("requestfailed", lambda r: note(f"request failed: {short(r.url)} ({r.failure})")
                     if not foreign(r.url) and r.failure != "net::ERR_ABORTED" else None)

    def open(self, page: str) -> None:
        "Load a page of the site, with everything that is folded opened."
        self.at = page
        self.seen.clear()
        self.page.goto(urljoin(URL, page), wait_until="load")
        self.ask("settle")

    def ask(self, what: str, *args):
        "Call a function of look.js in the page."
        if not self.page.evaluate("Boolean(window.look)"): self.page.evaluate((HERE / "look.js").read_text(encoding="utf-8"))
        return self.page.evaluate(f"(a) => look.{what}(a)", *args)

    def turn(self) -> str:  # why the page has not this view's theme, if it has not
        "Make the page take this view's theme: it may follow the system by itself; else its switch is pressed."
        dark = self.theme == "dark"
        if self.ask("isDark") == dark: return ""
        switch, stays = self.page.locator(".theme-button, .quarto-color-scheme-toggle"), f"stays {'light' if dark else 'dark'}"
        if not switch.count(): return f"{stays}, and has no switch for colours"
        switch.first.evaluate("(e) => e.click()")
        self.ask("settle")
        return "" if self.ask("isDark") == dark else f"{stays} when its switch for colours is pressed"

    def axe(self, part: str = "html") -> list[str]:
        "The violations of WCAG 2.2 A and AA that axe-core finds in a part of the page as it is now."
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
        return self.ask("axe", [WCAG, part, self.theme == "light"])     # the themes differ in colours alone


class Book:
    "The whole site: its views and what its pages hold."

    def __init__(self, browser):
        self.pages = PAGES
        self.views = {(width, theme): View(browser, width, theme) for width, theme in VIEWS}
        self._facts = {}

    @property
    def view(self) -> View: return self.views[VIEWS[0]]

    def facts(self, page: str) -> dict:
        "What a page holds."
        if page not in self._facts:
            if name(self.view.page.url) != page: self.view.open(page)
            self._facts[page] = {**self.view.ask("survey"), "page": page}
        return self._facts[page]

    def telling_words(self) -> dict[str, str]:  # by page
        "For each page the word of its prose, of six letters or more, that the fewest other pages and the most of its own sentences have."
        found = {p: Counter(re.findall(r"(?<![\w-])[^\W\d_]{6,}(?![\w-])", self.facts(p)["prose"].lower())) for p in self.pages}
        pages = Counter(w for c in found.values() for w in c)
        return {p: min(c, key=lambda w: (pages[w], -c[w], -len(w), w)) for p, c in found.items() if c}


PAGES = all_pages()
BY_WEIGHT = sorted(PAGES, key=lambda p: len(get(urljoin(URL, p))[1]))
RUN, RUNS = map(int, os.environ.get("SITE_RUN", "0/1").split("/"))      # this run, counted from 0, and how many there are side by side


@pytest.fixture(scope="session")
def browser():
    host = urlsplit(URL).hostname
    args = [f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}", "--no-proxy-server", "--disable-dev-shm-usage", "--no-sandbox"]
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=find_browser(), args=args)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def book(browser): return Book(browser)


@pytest.fixture(scope="module")
def seen(request, book) -> View:
    "A page in a view, open; what is wrong with its theme is in `stuck`."
    page, width, theme = request.param
    view = book.views[width, theme]
    view.open(page)
    view.stuck = view.turn()
    if view is book.view: book.facts(page)      # while it is open
    return view


@pytest.fixture(scope="module")
def facts(request, book) -> dict: return book.facts(request.param)


def pytest_generate_tests(metafunc):
    if "seen" in metafunc.fixturenames:
        cases = [(p, *v) for p in PAGES for v in VIEWS]
        metafunc.parametrize("seen", cases, ids=[f"{p}-{t}-{w}" for p, w, t in cases], indirect=True, scope="module")
    if "facts" in metafunc.fixturenames: metafunc.parametrize("facts", PAGES, indirect=True, scope="module")


def share(item, page: int) -> int:
    "Which of the runs an item belongs to."
    if page < len(PAGES): return BY_WEIGHT.index(PAGES[page]) % RUNS
    return RUNS - 1 if "test_figures" in item.nodeid else 0


def pytest_collection_modifyitems(config, items):
    "Page by page, so that each is opened once in each view; of several runs side by side each takes its share of the pages, the first the whole site and the last the figures."
    order = {id(i): k for k, i in enumerate(items)}
    at = lambda i: next((PAGES.index(v[0] if isinstance(v, tuple) else v) for k in ("seen", "facts") if (v := getattr(i, "callspec", None) and i.callspec.params.get(k))), len(PAGES))
    items.sort(key=lambda i: (at(i), "facts" in i.fixturenames, str(getattr(i, "callspec", None) and i.callspec.params.get("seen")), order[id(i)]))
    others = [i for i in items if share(i, at(i)) != RUN]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [i for i in items if share(i, at(i)) == RUN]
