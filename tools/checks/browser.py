"""The website in a real browser: every page in both colour themes, at the width of a desk and of a phone.

Ends with a line `N passed, N failed`, where one check of one page counts one. A site that Quarto built is checked the same way.
"""
import argparse, json, re, shutil, sys, tempfile, threading, time, urllib.error, urllib.request
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Iterable, Iterator
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from .notebooks import brief

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DESK, PHONE = 1280, 390         # CSS pixels
WEIGHT = 600_000                # bytes that a page and its pictures may have; shared scripts, styles and fonts are not counted
PAINT, PAINT_OFF = 1.0, 3.0     # seconds to the first text: what is wanted, and what is plainly wrong on any machine
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIDEBAR = "#book-contents a[href], #quarto-sidebar a.sidebar-link[href]"
TOGGLE = ".theme-button, .quarto-color-scheme-toggle"
UNRESOLVED = re.compile(r"\?@|\[-?@|\?\?|(?<![\w.])@(?:fig|eq|tbl|sec)-\w")

# Opens what is folded, so that it is checked too, and waits until fonts and layout stand still.
SETTLE = """async () => {
  document.querySelectorAll("details").forEach((e) => { e.open = true; });
  document.querySelectorAll(".callout-collapse").forEach((e) => e.classList.add("show"));
  await document.fonts.ready;
  for (let k = 0; k < 2; k++) await new Promise(requestAnimationFrame);
}"""
# Whether the ground of the page is dark, whatever way its colour is written.
IS_DARK = """() => {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  for (const e of [document.documentElement, document.body]) {
    pen.fillStyle = getComputedStyle(e).backgroundColor;
    pen.fillRect(0, 0, 1, 1);
  }
  const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
  return a > 0 && 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
}"""
# How an element is named: its nearest id, its tag and its classes.
NAME = """  const name = (e) => {
    const near = e.id ? null : e.closest("[id]"), classes = [...e.classList].slice(0, 2).map((c) => "." + c).join("");
    return (near ? `#${near.id} ` : "") + e.localName + (e.id ? "#" + e.id : classes);
  };"""
# What a page holds.
SURVEY = """async () => {
  const all = (sel, root = document) => [...root.querySelectorAll(sel)];
__NAME__
  const code = "code, pre, kbd, samp, script, style, textarea, svg, math, .math, .katex";
  const strings = (root, skip) => {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), res = [];
    for (let n = walk.nextNode(); n; n = walk.nextNode()) if (!n.parentElement.closest(skip)) res.push(n.data);
    return res;
  };
  const main = document.querySelector("main") || document.body;
  const besides = "nav, header, footer, aside, figure, details, #refs, .footnotes, .page-tools";
  const prose = all("p, h2, h3", main).filter((e) => !e.closest(besides));
  const paint = () => performance.getEntriesByName("first-contentful-paint")[0];
  for (let k = 0; k < 40 && !paint(); k++) await new Promise((done) => setTimeout(done, 25));
  const sound = await Promise.all(all("img").map((e) => { e.loading = "eager"; return e.decode().then(() => true, () => false); }));
  const ids = all("[id]", document.body).map((e) => e.id), href = (sel) => all(sel).map((e) => e.href);
  return {
    text: strings(document.body, code),
    captions: all("img").map((e) => e.alt).concat([document.title]),
    prose: prose.flatMap((e) => strings(e, code + ", a")).join(" "),
    ids, anchors: ids.concat(all("a[name]").map((e) => e.name)),
    headings: all("h1, h2, h3, h4, h5, h6", main).map((e) => [Number(e.localName[1]), e.textContent.trim().slice(0, 60)]),
    titles: all("h1").length,
    pictures: all("img").map((e, k) => ({
      name: name(e), src: e.getAttribute("src") || "", url: e.currentSrc || e.src, sound: sound[k], alt: e.alt.trim(),
      decoration: Boolean(e.matches("[role=presentation], [role=none]") || e.closest("[aria-hidden=true]")) })),
    drawings: all("svg[role=img]:not([aria-label], [aria-labelledby], :has(title))").map(name),
    links: all("a[href]").map((e) => [e.getAttribute("href"), e.href]),
    sidebar: href("__SIDEBAR__"),
    notebooks: href("a[download][href$='.ipynb']"),
    twins: href("a[href$='.md']").filter((h) => new URL(h).host === location.host),
    length: (document.querySelector(".page-tools") || { textContent: "" }).textContent,
    paint: paint() ? paint().startTime / 1000 : null,
  };
}""".replace("__SIDEBAR__", SIDEBAR).replace("__NAME__", NAME)
# How wide the page is, and the innermost elements that stick out of `width` without being cut off or scrolled by a box around them.
OVERFLOW = """(width) => {
  const page = document.documentElement.scrollWidth;
  if (page <= width + 1) return { page, names: [] };
  const held = (e) => {
    for (let p = e.parentElement; p && p !== document.body && p !== document.documentElement; p = p.parentElement)
      if (getComputedStyle(p).overflowX !== "visible" && p.getBoundingClientRect().right <= width + 1) return true;
    return false;
  };
  const range = document.createRange();
  const right = (e) => {
    const own = [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
    return Math.max(...[e, ...own].map((n) => { range.selectNode(n); return range.getBoundingClientRect().right; })) + scrollX;
  };
  const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().width && right(e) > width + 1 && !held(e));
  const inner = wide.filter((e) => !wide.some((o) => o !== e && e.contains(o)));
__NAME__
  return { page, names: [...new Set(inner.map((e) => `${name(e)} (to ${Math.round(right(e))} px)`))] };
}""".replace("__NAME__", NAME)
# Starts axe-core and returns at once, so that the views of a page are looked at side by side. Where `code` is false the contrast of code
# blocks, half of the work, is left out: a phone shows them in the colours of the desk.
START_AXE = """([tags, part, code]) => {
  const contrast = "color-contrast", ways = code ? [[part, { runOnly: tags }]] : [
    [part, { runOnly: tags, rules: { [contrast]: { enabled: false } } }],
    [{ include: [[part]], exclude: [["pre"]] }, { runOnly: { type: "rule", values: [contrast] } }]];
  window.axeFound = new Promise((done) => setTimeout(done)).then(async () => {
    const res = [];
    for (const [where, options] of ways) res.push(...(await axe.run(where, { ...options, resultTypes: ["violations"] })).violations);
    return res.map((v) => ({ id: v.id, n: v.nodes.length, where: v.nodes[0].target.flat(9).join(" "),
      why: [...v.nodes[0].any, ...v.nodes[0].all, ...v.nodes[0].none].map((c) => c.message)[0] || v.help }));
  });
}"""

# Code that scrolls sideways, notes that lie over something, and notes that do not stand beside the text.
FIT = """() => {
__NAME__
  const box = (e) => e.getBoundingClientRect(), seen = (e) => box(e).width > 0 && box(e).height > 0;
  const code = [...document.querySelectorAll("main pre")].filter((e) => seen(e) && e.scrollWidth > e.clientWidth + 1);
  const notes = [...document.querySelectorAll("main .column-margin, main .margin-aside, main aside")].filter(seen);
  const text = [...document.querySelectorAll("main :is(p, li, pre, figure, table, h2, h3, h4)")].filter(seen);
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const apart = (a, b) => a !== b && !a.contains(b) && !b.contains(a);
  const covering = notes.flatMap((a) => [...notes, ...text].filter((b) => apart(a, b) && over(box(a), box(b))).map((b) => [a, b]));
  const lines = text.filter((e) => e.localName === "p" && !notes.some((n) => n.contains(e)));
  const edge = Math.max(...lines.map((e) => box(e).right)), within = notes.filter((e) => box(e).left < edge);
  const start = (e) => `“${e.textContent.trim().slice(0, 30)}”`;
  return {
    code: code.map((e) => `${name(e)} ${start(e)} is ${e.scrollWidth} px wide in a box of ${e.clientWidth}`),
    notes: [...new Set(covering.map(([a, b]) => `the note ${start(a)} lies over ${b.localName} ${start(b)}`))],
    within: within.map((e) => `the note ${start(e)} stands in the text`),
  };
}""".replace("__NAME__", NAME)


class Missing(Exception): "Something without which nothing can be checked; said in one line, exit status 2."


@dataclass
class View:
    "One colour theme at one width, with a browser page of its own that is used for all pages of the site."
    theme: str
    width: int
    page: object                                        # playwright's Page
    seen: list[str] = field(default_factory=list)       # what went wrong since the page was opened
    stuck: str = ""                                     # why the page has not this view's theme, if it has not

    def __str__(self): return f"{self.theme} {self.width}"

    def open(self, url: str) -> None:
        "Load a page, with everything that is folded opened."
        self.seen.clear()
        self.page.goto(url, wait_until="load")
        self.page.evaluate(SETTLE)

    def turn(self) -> None:
        "Make the page take this view's theme: it may follow the system by itself; else its switch is pressed."
        dark, self.stuck = self.theme == "dark", ""
        if self.page.evaluate(IS_DARK) == dark: return
        switch, stays = self.page.locator(TOGGLE), f"stays {'light' if dark else 'dark'}"
        if switch.count():
            switch.first.evaluate("(e) => e.click()")
            self.page.evaluate(SETTLE)
            if self.page.evaluate(IS_DARK) != dark: self.stuck = f"{stays} when its switch for colours is pressed"
        else: self.stuck = f"{stays}, and has no switch for colours"

    def start_axe(self, part: str = "html") -> None:
        "Set axe-core to work on a part of the page as it is now."
        if not self.page.evaluate("typeof axe === 'object'"): self.page.evaluate(axe_source())
        self.page.evaluate(START_AXE, [WCAG, part, self.width == DESK])

    def axe(self) -> list[str]:
        "The violations of WCAG 2.2 A and AA that axe-core found since `start_axe`."
        return [f"{v['id']}: {v['n']} ×, first {v['where']} ({v['why']})" for v in self.page.evaluate("window.axeFound")]


class Site:
    "The site being checked: where it is served, its pages and what they hold."

    def __init__(self, base: str, notebooks: Path, folder: Path | None = None):
        self.base, self.notebooks, self.folder = base.rstrip("/") + "/", notebooks, folder
        self.views: list[View] = []
        self.facts: dict[str, dict] = {}                # what SURVEY found, by page, in reading order
        self.orphans: set[str] = set()                  # pages of the folder that no page links to
        self._got: dict[str, tuple[int, bytes]] = {}

    def own(self, url: str) -> bool: return url.startswith(self.base)

    def name(self, url: str) -> str:
        "The name of a page of the site: its path below the start, `index.html` for a folder."
        path = unquote(urlsplit(url).path.removeprefix(urlsplit(self.base).path))
        return path + "index.html" if not path or path.endswith("/") else path

    def get(self, url: str) -> tuple[int, bytes]:  # status and content
        "Fetch an address of the site, once."
        url = urldefrag(url)[0]
        if url not in self._got:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            try:
                with opener.open(url, timeout=30) as r: self._got[url] = (r.status, r.read())
            except urllib.error.HTTPError as e: self._got[url] = (e.code, b"")
            except urllib.error.URLError: self._got[url] = (0, b"")
        return self._got[url]

    def survey(self) -> None:
        "Open every page once, those of the sidebar first, then those that other pages link to, then what else the folder holds."
        view, start = self.views[0], urljoin(self.base, "index.html")
        waiting, done = [start], set()

        def visit(url: str) -> list[str]:
            view.open(url)
            facts = self.facts[self.name(url)] = view.page.evaluate(SURVEY)
            return [u for u in (urldefrag(h)[0] for _, h in facts["links"]) if self.own(u) and re.search(r"(?:/|\.html?)(?:\?.*)?$", u)]

        while waiting:
            name = self.name(url := waiting.pop(0))
            if name in done: continue
            done.add(name)
            if self.get(url)[0] != 200:
                if url == start: raise Missing(f"no page at {start}")
                continue                                # the links check says who points there
            linked = visit(url)
            waiting = [*self.facts[name]["sidebar"], *linked] + waiting if url == start else waiting + linked
        for f in sorted(self.folder.rglob("*.html")) if self.folder else []:
            name = f.relative_to(self.folder).as_posix()
            if name in done or name == "404.html" or "site_libs" in f.parts: continue
            visit(urljoin(self.base, name))
            self.orphans.add(name)


# ---- checks of one page in each view: called with the view in which the page is open

def requests(site: Site, page: str, view: View) -> Iterable[str]:
    "no error on the console, no failed request, none to another host"
    return dict.fromkeys(view.seen)


def theme(site: Site, page: str, view: View) -> Iterable[str]:
    "the page takes the light and the dark theme"
    return [view.stuck] if view.stuck else []


def layout(site: Site, page: str, view: View) -> Iterable[str]:
    "the page does not scroll sideways"
    got = view.page.evaluate(OVERFLOW, view.width)
    if got["page"] > view.width + 1:
        names = ", ".join(got["names"][:3]) or "no element; is there a viewport in its head?"
        yield f"{got['page']} px wide in a window of {view.width}: {names}{' …' if len(got['names']) > 3 else ''}"


def code(site: Site, page: str, view: View) -> Iterable[str]:
    "no code scrolls sideways on a desk"
    return view.page.evaluate(FIT)["code"] if view.width == DESK else []


def notes(site: Site, page: str, view: View) -> Iterable[str]:
    "no note lies over anything; on a desk notes stand in the margin"
    found = view.page.evaluate(FIT)
    return found["notes"] + (found["within"] if view.width == DESK else [])


def axe(site: Site, page: str, view: View) -> Iterable[str]:
    "no violation of WCAG 2.2 A or AA"
    return view.axe()


# ---- checks of what a page holds

def references(site: Site, page: str) -> Iterable[str]:
    "no unresolved reference"
    for text in (facts := site.facts[page])["text"] + facts["captions"]:
        for m in UNRESOLVED.finditer(text): yield f"`{m[0]}` in “{' '.join(text[max(0, m.start() - 25):m.end() + 25].split())}”"


def pictures(site: Site, page: str) -> Iterable[str]:
    "every picture is there and has alt text"
    for p in site.facts[page]["pictures"]:
        if not p["alt"] and not p["decoration"]: yield f"{p['name']} has no alt text: {p['src'][:80]}"
        if site.own(p["url"]) and site.get(p["url"])[0] != 200: yield f"{p['name']} is missing: {p['src']}"
        elif not p["sound"] and (site.own(p["url"]) or p["url"].startswith("data:")): yield f"{p['name']} cannot be shown: {p['src'][:80]}"
    yield from (f"{d} has no name (aria-label or <title>)" for d in site.facts[page]["drawings"])


def ids(site: Site, page: str) -> Iterable[str]:
    "no id twice"
    return [f"#{k} stands {n} times" for k, n in Counter(site.facts[page]["ids"]).items() if n > 1]


def headings(site: Site, page: str) -> Iterable[str]:
    "one h1, and no level left out in the text"
    found, titles = [(level, " ".join(text.split())) for level, text in site.facts[page]["headings"]], site.facts[page]["titles"]
    if titles != 1: yield f"{titles} h1 headings: {'; '.join(text for level, text in found if level == 1)}"
    for (before, _), (level, text) in zip([(0, ""), *found], found):
        if level > before + 1: yield f"h{level} “{text}” follows {f'h{before}' if before else 'no heading'}"


def weight(site: Site, page: str) -> Iterable[str]:
    "text and pictures under 600 kB"
    if (total := page_weight(site, page)) > WEIGHT: yield f"{total / 1000:.0f} kB; at most {WEIGHT / 1000:.0f} kB"


def page_weight(site: Site, page: str) -> int:
    "Bytes of a page and of its pictures."
    urls = {urljoin(site.base, page), *(p["url"] for p in site.facts[page]["pictures"] if site.own(p["url"]))}
    return sum(len(site.get(u)[1]) for u in urls)


def paint(site: Site, page: str) -> Iterable[str]:
    "its text shows quickly"
    took = site.facts[page]["paint"]
    if took is None: yield "nothing was painted"
    elif took > PAINT_OFF: yield f"first text after {took:.1f} s; {PAINT:.0f} s is wanted, {PAINT_OFF:.0f} s allowed"


def length(site: Site, page: str) -> Iterable[str]:
    "the page says how long it reads and how much code it has"
    if not re.search(r"\d+ min of reading", site.facts[page]["length"]): yield "does not say how long it takes to read"


def twin(site: Site, page: str) -> Iterable[str]:
    "the page offers a twin in plain Markdown with the same words, which llms.txt lists"
    if not (urls := site.facts[page]["twins"]):
        yield "offers no plain Markdown"
        return
    status, data = site.get(urls[0])
    name = unquote(urlsplit(urls[0]).path.rpartition("/")[2])
    if status != 200: yield f"{name} is not there"
    else:
        def words(text): return set(re.findall(r"[^\W\d_]{6,}", text.lower()))
        wanted = words(site.facts[page]["prose"])
        if lost := sorted(wanted - words(data.decode())): yield f"{name} lacks {len(lost)} of {len(wanted)} words: {', '.join(lost[:8])}"
    listed = site.get(urljoin(site.base, "llms.txt"))[1].decode()
    if not re.search(rf"[(/]{re.escape(name)}\)", listed): yield f"llms.txt does not list {name}"


def links(site: Site, page: str) -> Iterable[str]:
    "every link and anchor of the site resolves"
    for href, url in site.facts[page]["links"]:
        if not site.own(url): continue
        anchor, target = unquote(urlsplit(url).fragment), site.name(url)
        if site.get(url)[0] != 200: yield f"{href} leads nowhere"
        elif anchor and target in site.facts and anchor not in site.facts[target]["anchors"]: yield f"{href}: {target} has no such anchor"


# ---- checks of the site as a whole: they yield pairs of page and fault

def order(site: Site, pages: list[str]) -> Iterator[tuple[str, str]]:
    "previous and next walk the whole book in the order of its table of contents"
    start = next(iter(site.facts))
    book = list(dict.fromkeys(site.name(u) for u in site.facts[start]["sidebar"] if site.own(u)))
    if not book:
        yield start, "has no table of contents"
        return
    for p in pages:
        if p in site.orphans or p not in book: yield p, "is not in the table of contents"
        if p in site.orphans: yield p, "no page links to it"
    page = site.views[0].page
    for way, walk in (("next", book), ("previous", book[::-1])):
        site.views[0].open(urljoin(site.base, walk[0]))
        for here, there in zip(walk, [*walk[1:], None]):
            link = page.locator(f"a.nav-page-{way}, .nav-page-{way} a")
            if not link.count():
                if there: yield here, f"has no link to the {way} page, {there}"
                break
            link.first.click()
            page.wait_for_load_state("load")
            if (got := site.name(page.url)) != there:
                yield here, f"{way} leads to {got}; {there or 'nothing'} comes {'after' if way == 'next' else 'before'} it"
                break


def telling_words(site: Site) -> dict[str, str]:  # by page
    "For each page the word of its prose, of six letters or more, that the fewest other pages and the most of its own sentences have."
    words = {p: Counter(re.findall(r"(?<![\w-])[^\W\d_]{6,}(?![\w-])", f["prose"].lower())) for p, f in site.facts.items()}
    pages = Counter(w for c in words.values() for w in c)
    return {p: min(c, key=lambda w: (pages[w], -c[w], -len(w), w)) for p, c in words.items() if c}


def search(site: Site, pages: list[str]) -> Iterator[tuple[str, str]]:
    """a word of each page, typed into the search, leads to it; the open box is accessible

    The box is looked at where it is the book's own (a dialog); Quarto's is Quarto's.
    """
    words, start = telling_words(site), next(iter(site.facts))

    def look_up(page, word: str) -> int:  # how many results there are
        page.keyboard.press("/")
        page.locator("input:focus").wait_for(timeout=5000)
        page.keyboard.insert_text(word)
        found = page.locator("[role=option]")
        found.first.wait_for(timeout=5000)
        return found.count()

    found: dict[str, list[str]] = {}
    for view in site.views:
        view.open(urljoin(site.base, start))
        view.turn()
        try: look_up(view.page, words[start])
        except timeout_error():
            found.setdefault(f"`/` and “{words[start]}” show no result", []).append(str(view))
            continue
        if not view.page.locator("dialog[open]").count(): continue
        view.start_axe("dialog[open]")
        for fault in view.axe(): found.setdefault(f"in the open box: {fault}", []).append(str(view))
    yield from ((start, f"{fault} [{', '.join(seen)}]") for fault, seen in found.items())
    page = site.views[0].page
    for p in pages:
        if p not in words: continue                     # no prose, nothing to look for
        opened = ""
        for k in range(5):                              # the first results; one of them is the page
            site.views[0].open(urljoin(site.base, start))
            try: total = look_up(page, words[p])
            except timeout_error(): break
            option = page.locator("[role=option]").nth(k)
            link = option.locator("a[href]")
            (link.first if link.count() else option).click()
            page.wait_for_load_state("load")
            if (opened := site.name(page.url)) == p or k + 1 == total: break
        if opened != p: yield p, f"“{words[p]}” does not lead to it{f'; the last result tried opens {opened}' if opened else ': no result'}"


def drawer(site: Site, pages: list[str]) -> Iterator[tuple[str, str]]:
    "on a phone the contents open, lead to a section and are gone (where they are the book's own)"
    view = next(v for v in site.views if v.width == PHONE)
    for p in pages:
        view.open(urljoin(site.base, p))
        menu, section = view.page.locator(".menu-button"), view.page.locator("#TOC a").first
        if not menu.count() or not section.count(): continue
        menu.click()
        try:
            section.click(timeout=3000)
            section.wait_for(state="hidden", timeout=3000)
        except timeout_error(): yield p, f"“{section.inner_text()}” in the contents {'does not close them' if section.is_visible() else 'cannot be reached'}"


def notebooks(site: Site, pages: list[str]) -> Iterator[tuple[str, str]]:
    "every page offers its notebook, which is valid, equal to its source, and runs as it is (one is run)"
    sound = []
    for p in pages:
        if not (urls := site.facts[p]["notebooks"]): yield p, "offers no notebook to download"
        for url in urls:
            name, (status, data) = Path(unquote(urlsplit(url).path)).name, site.get(url)
            if status != 200:
                yield p, f"{name} is not there"
                continue
            try: nbformat.validate(nb := nbformat.reads(data.decode(), as_version=4))
            except (nbformat.ValidationError, nbformat.reader.NotJSONError, UnicodeDecodeError) as e:
                yield p, f"{name} is not a notebook: {str(e).splitlines()[0]}"
                continue
            source = site.notebooks / name
            if not source.is_file(): yield p, f"{name} has no source in {site.notebooks}"
            elif source.read_bytes() != data: yield p, f"{name} is not what {source} holds; build the site anew"
            else: sound.append((sum(len(c.source) for c in nb.cells if c.cell_type == "code"), p, name, nb))
    if sound := [s for s in sound if any(c.get("outputs") for c in s[3].cells)]:
        _, p, name, nb = min(sound, key=lambda s: s[0])  # the smallest that shows something
        with tempfile.TemporaryDirectory() as tmp:      # a reader's folder: the notebook alone
            client = NotebookClient(nb, timeout=300, kernel_name="python3", extra_arguments=["--log-level=ERROR"],
                                    resources={"metadata": {"path": tmp}})
            try: client.execute()
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as e:
                yield p, f"{name} does not run as it is: {brief(e).splitlines()[-1].strip()}"


IN_EACH_VIEW = {"requests": requests, "theme": theme, "layout": layout, "code": code, "notes": notes, "axe": axe}
OF_A_PAGE = {"references": references, "pictures": pictures, "ids": ids, "headings": headings, "weight": weight, "paint": paint,
             "length": length, "twin": twin, "links": links}
OF_THE_SITE = {"order": order, "search": search, "drawer": drawer, "notebooks": notebooks}
CHECKS = {**IN_EACH_VIEW, **OF_A_PAGE, **OF_THE_SITE}


# ---- the browser and the server

def find_browser(named: str | None = None) -> str:
    "The path of a Chromium: the one named, or the first on PATH."
    if named and not (path := shutil.which(named)): raise Missing(f"{named} is not a program: name a Chromium or Chrome")
    path = path if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path: raise Missing("no Chromium on PATH: install it (Debian: apt-get install chromium) or name one with --chromium")
    return path


def axe_source() -> str:
    "The script of axe-core, as the package axe-playwright-python brings it."
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def timeout_error() -> type:
    from playwright.sync_api import TimeoutError
    return TimeoutError


class Quiet(SimpleHTTPRequestHandler):
    "Serves files without a line for each."
    protocol_version = "HTTP/1.1"
    def log_message(self, *args): pass


@contextmanager
def served(
    site: str,  # a folder or an address
) -> Iterator[tuple[str, Path | None]]:  # address, and the folder if it is one
    "A site to look at: a folder is served on a free port of this machine while the block runs."
    if re.match(r"https?://", site):
        yield site.removesuffix("index.html"), None
        return
    folder = Path(site)
    if not (folder / "index.html").is_file(): raise Missing(f"no website in {site}: it has no index.html; build it first (make book)")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try: yield f"http://127.0.0.1:{server.server_port}/", folder
    finally:
        server.shutdown()
        server.server_close()


def open_view(browser, site: Site, theme: str, width: int) -> View:
    "A browser page for a theme and a width, which notes what goes wrong in it."
    phone = width == PHONE
    context = browser.new_context(viewport={"width": width, "height": 844 if phone else 900}, color_scheme=theme, reduced_motion="reduce",
                                  has_touch=phone, is_mobile=phone, service_workers="block")
    view = View(theme, width, context.new_page())
    def foreign(url): return re.match(r"(?:https?|wss?):", url) and not site.own(url)
    def short(url): return url.removeprefix(site.base)
    def console(m):   # a resource that fails to load is told by its own event
        if m.type == "error" and not m.text.startswith("Failed to load resource"):
            place = f"{short(m.location.get('url', ''))}:{m.location.get('lineNumber', 0) + 1}"
            view.seen.append(f"console: {m.text.strip().splitlines()[0][:200]} ({place})")
    def response(r):
        if r.status >= 400 and site.own(r.url): view.seen.append(f"answers {r.status}: {short(r.url)}")
    view.page.on("console", console)
    view.page.on("pageerror", lambda e: view.seen.append(f"script error: {str(e).strip().splitlines()[0][:200]}"))
    view.page.on("request", lambda r: view.seen.append(f"asks another host: {r.url[:150]}") if foreign(r.url) else None)
    view.page.on("requestfailed", lambda r: view.seen.append(f"request failed: {short(r.url)} ({r.failure})")
                 if not foreign(r.url) and r.failure != "net::ERR_ABORTED" else None)
    view.page.on("response", response)
    return view


@contextmanager
def browsing(site: Site, chromium: str) -> Iterator[None]:
    "A browser with the four views of the site; whatever a page asks of another host fails at once."
    try: from playwright.sync_api import Error, sync_playwright
    except ImportError: raise Missing("the Python package playwright is not installed: pip install -e '.[dev]' -c constraints.txt")
    with sync_playwright() as p:
        host = urlsplit(site.base).hostname
        args = [f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}", "--no-proxy-server", "--disable-dev-shm-usage"]
        try: browser = p.chromium.launch(executable_path=chromium, args=args)
        except Error as e: raise Missing(f"{chromium} does not start: {e.message.strip().splitlines()[0]}") from e
        try:
            site.views = [open_view(browser, site, theme, width) for width in (DESK, PHONE) for theme in ("light", "dark")]
            yield
        finally: browser.close()


# ---- the run

class Report:
    "Counts what passed and prints what failed: a line for each fault, with the views that show it."
    def __init__(self): self.passed, self.failed = 0, 0

    def tell(self, check: str, page: str, faults: dict[str, list[str]], views: int = 1) -> None:
        "The outcome of one check of one page: its faults, and for each the views in which it is seen."
        self.failed, self.passed = self.failed + bool(faults), self.passed + (not faults)
        for fault, seen in faults.items():
            where = f" [{', '.join(seen)}]" if seen and len(seen) < views else ""
            print(f"  {page}: {check}: {fault}{where}", flush=True)


def check_page(site: Site, page: str, chosen: list[str], report: Report, shots: Path | None) -> None:
    "All checks that look at one page."
    found: dict[str, dict[str, list[str]]] = {c: {} for c in [*IN_EACH_VIEW, *OF_A_PAGE] if c in chosen}
    views = site.views if shots or any(c in IN_EACH_VIEW for c in found) else []
    for view in views:
        view.open(urljoin(site.base, page))
        view.turn()
        if shots: view.page.screenshot(path=shots / f"{page[:-5].replace('/', '-')}-{view.width}-{view.theme}.png", full_page=True)
        if "axe" in found: view.start_axe()
    for view in views:
        for c in [c for c in IN_EACH_VIEW if c in found]:
            for fault in IN_EACH_VIEW[c](site, page, view): found[c].setdefault(fault, []).append(str(view))
    for c in OF_A_PAGE:
        if c in found: found[c] = {fault: [] for fault in OF_A_PAGE[c](site, page)}
    for c, faults in found.items(): report.tell(c, page, faults, len(site.views))


def check(
    site: Site,
    only: list[str] | None = None,      # names of checks; None takes all
    names: list[str] | None = None,     # pages; None takes all
    shots: Path | None = None,          # folder for screenshots
) -> Report:
    "Run the checks over a site whose views are open, and print what they find."
    report, chosen = Report(), only or list(CHECKS)
    start = time.perf_counter()
    print(f"Reading the pages of {site.folder or site.base} ...", flush=True)
    site.survey()
    wanted = {n if n.endswith(".html") else f"{n}.html" for n in names or site.facts}
    if lacking := sorted(wanted - set(site.facts)):
        raise Missing(f"no such page: {', '.join(lacking)}; the site has {', '.join(site.facts)}")
    pages = [p for p in site.facts if p in wanted]
    print(f"{len(site.facts)} pages read in {time.perf_counter() - start:.0f} s; "
          f"checking {len(pages)} in {', '.join(map(str, site.views))}", flush=True)
    for k, page in enumerate(pages, 1):
        then, bad = time.perf_counter(), report.failed
        check_page(site, page, chosen, report, shots)
        print(f"[{k}/{len(pages)}] {page} {'FAILED' if report.failed > bad else 'ok'} ({time.perf_counter() - then:.1f} s)", flush=True)
    for c, f in OF_THE_SITE.items():
        if c not in chosen: continue
        then, found = time.perf_counter(), {p: {} for p in pages}
        for page, fault in f(site, pages): found.setdefault(page, {})[fault] = []
        for page, faults in found.items(): report.tell(c, page, faults)
        print(f"{c}: {'FAILED' if any(found.values()) else 'ok'} ({time.perf_counter() - then:.1f} s)", flush=True)
    heavy = max(pages, key=lambda p: page_weight(site, p))
    slow = max(pages, key=lambda p: site.facts[p]["paint"] or 0)
    late = sum((site.facts[p]["paint"] or 0) > PAINT for p in pages)
    print(f"heaviest page: {heavy}, {page_weight(site, heavy) / 1000:.0f} kB of {WEIGHT / 1000:.0f}; slowest first text: {slow}, "
          f"{site.facts[slow]['paint'] or 0:.2f} s ({late} pages over {PAINT:.0f} s); all in {time.perf_counter() - start:.0f} s")
    return report


def main(argv: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="python -m tools.browser", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                epilog="checks:\n" + "\n".join(f"  {n:<11}{f.__doc__.splitlines()[0]}" for n, f in CHECKS.items()))
    p.add_argument("site", nargs="?", default="_docs", help="folder or address of the site (default _docs)")
    p.add_argument("--pages", nargs="+", metavar="PAGE", help="check these pages only, such as `normalize` or `normalize.html`")
    p.add_argument("--only", nargs="+", metavar="CHECK", choices=CHECKS, help="run these checks only")
    p.add_argument("--notebooks", type=Path, default=ROOT / "nbs", metavar="DIR", help="folder of the source notebooks (default nbs)")
    p.add_argument("--shots", type=Path, metavar="DIR", help="also write a picture of each page in each view to this folder")
    p.add_argument("--chromium", metavar="FILE", help="the browser (default: the first Chromium or Chrome on PATH)")
    a = p.parse_intermixed_args(argv)
    try:
        chromium = find_browser(a.chromium)
        if a.shots: a.shots.mkdir(parents=True, exist_ok=True)
        with served(a.site) as (base, folder):
            site = Site(base, a.notebooks, folder)
            with browsing(site, chromium): report = check(site, a.only, a.pages, a.shots)
    except Missing as e:
        print(e, file=sys.stderr)
        return 2
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__": sys.exit(main())
