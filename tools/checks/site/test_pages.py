"What a reader gets: every page in both colour themes, at the width of a desk and of a phone, and the site as a whole."
import os, re, tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import nbformat
import pytest
from .conftest import DESK, PHONE, PAGES, URL, VIEWS, all_pages, anchors, get, name, own
from nbclient import NotebookClient
from playwright.sync_api import TimeoutError

WEIGHT = 600_000                # bytes that a page and its pictures may have; shared scripts, styles and fonts are not counted
PAINT_OFF = 3.0                 # seconds to the first text that are plainly wrong on any machine; one is wanted
UNRESOLVED = re.compile(r"\?@|\[-?@|\?\?|(?<![\w.])@(?:fig|eq|tbl|sec)-\w")
NOTEBOOKS = Path(os.environ["SITE_NOTEBOOKS"])


def none(page: str, faults) -> None:
    "Raise AssertionError that lists the faults of a page."
    faults = list(dict.fromkeys(faults))
    assert not faults, f"{page}: " + "; ".join(faults)


# ---- each page in each view

def test_requests(seen):
    "No error on the console, no failed request, none to another host."
    none(seen.at, seen.seen)


def test_theme(seen): none(seen.at, [seen.stuck] if seen.stuck else [])


def test_layout(seen):
    "The page does not scroll sideways."
    got = seen.ask("overflow", seen.width)
    names = ", ".join(got["names"][:3]) or "no element; is there a viewport in its head?"
    none(seen.at, [f"{got['page']} px wide in a window of {seen.width}: {names}"] if got["page"] > seen.width + 1 else [])


def test_code(seen):
    "No code scrolls sideways on a desk."
    none(seen.at, seen.ask("fit")["code"] if seen.width == DESK else [])


def test_notes(seen):
    "No note lies over anything; on a desk notes stand in the margin."
    found = seen.ask("fit")
    none(seen.at, found["notes"] + (found["within"] if seen.width == DESK else []))


def test_axe(seen):
    "No violation of WCAG 2.2 A or AA."
    none(seen.at, seen.axe() + seen.ask("code"))


# ---- each page

def test_references(facts):
    texts = facts["text"] + facts["captions"]
    none(facts["page"], (f"`{m[0]}` in “{' '.join(t[max(0, m.start() - 25):m.end() + 25].split())}”" for t in texts for m in UNRESOLVED.finditer(t)))


def test_pictures(facts):
    "Every picture is there and has alt text."
    faults = [f"{d} has no name (aria-label or <title>)" for d in facts["drawings"]]
    for p in facts["pictures"]:
        if not p["alt"] and not p["decoration"]: faults.append(f"{p['name']} has no alt text: {p['src'][:80]}")
        if own(p["url"]) and get(p["url"])[0] != 200: faults.append(f"{p['name']} is missing: {p['src']}")
        elif not p["sound"] and (own(p["url"]) or p["url"].startswith("data:")): faults.append(f"{p['name']} cannot be shown: {p['src'][:80]}")
    none(facts["page"], faults)


def test_ids(facts): none(facts["page"], (f"#{k} stands {n} times" for k, n in Counter(facts["ids"]).items() if n > 1))


def test_headings(facts):
    "One h1, and no level left out in the text."
    found = [(level, " ".join(text.split())) for level, text in facts["headings"]]
    faults = [f"{facts['titles']} h1 headings: {'; '.join(t for level, t in found if level == 1)}"] if facts["titles"] != 1 else []
    none(facts["page"], faults + [f"h{level} “{text}” follows {f'h{before}' if before else 'no heading'}"
                                  for (before, _), (level, text) in zip([(0, ""), *found], found) if level > before + 1])


def test_weight(facts):
    urls = {urljoin(URL, facts["page"]), *(p["url"] for p in facts["pictures"] if own(p["url"]))}
    total = sum(len(get(u)[1]) for u in urls)
    none(facts["page"], [f"{total / 1000:.0f} kB; at most {WEIGHT / 1000:.0f} kB"] if total > WEIGHT else [])


def test_paint(facts):
    "Its text shows quickly."
    took = facts["paint"]
    none(facts["page"], [] if took is not None and took <= PAINT_OFF else [f"first text after {took} s; {PAINT_OFF:.0f} s are allowed"])


def test_length(facts): none(facts["page"], [] if re.search(r"\d+ min of reading", facts["length"]) else ["does not say how long it takes to read"])


def test_twin(facts):
    "The page offers a twin in plain Markdown with the same words, which llms.txt lists."
    page = facts["page"]
    assert facts["twins"], f"{page}: offers no plain Markdown"
    status, data = get(facts["twins"][0])
    twin = unquote(urlsplit(facts["twins"][0]).path.rpartition("/")[2])
    faults = [f"{twin} is not there"] if status != 200 else []
    words = lambda text: set(re.findall(r"[^\W\d_]{6,}", text.lower()))
    lost = sorted(words(facts["prose"]) - words(data.decode()))
    if lost and not faults: faults.append(f"{twin} lacks {len(lost)} words: {', '.join(lost[:8])}")
    listed = re.search(rf"[(/]{re.escape(twin)}\)", get(urljoin(URL, "llms.txt"))[1].decode())
    none(page, faults + ([] if listed else [f"llms.txt does not list {twin}"]))


def test_links(facts):
    "Every link and anchor of the site resolves."
    faults = []
    for href, url in facts["links"]:
        if not own(url): continue
        anchor, target = unquote(urlsplit(url).fragment), name(url)
        if get(url)[0] != 200: faults.append(f"{href} leads nowhere")
        elif anchor and target in PAGES and anchor not in anchors(target): faults.append(f"{href}: {target} has no such anchor")
    none(facts["page"], faults)


def test_notebook(facts):
    "The page offers its notebook, which is valid and equal to its source."
    page = facts["page"]
    urls = [u for u in facts["notebooks"] if "/notebooks/" in u]
    assert urls, f"{page}: offers no notebook to download"
    for url in urls:
        file, (status, data) = Path(unquote(urlsplit(url).path)).name, get(url)
        assert status == 200, f"{page}: {file} is not there"
        try: nbformat.validate(nbformat.reads(data.decode(), as_version=4))
        except (nbformat.ValidationError, nbformat.reader.NotJSONError, UnicodeDecodeError) as e:
            pytest.fail(f"{page}: {file} is not a notebook: {str(e).splitlines()[0]}")
        source = NOTEBOOKS / file
        assert source.is_file() and source.read_bytes() == data, f"{page}: {file} is not what {source} holds; build the site anew"


def test_search(facts, book):
    "A word of the page, typed into the search, leads to it."
    page, view, opened = facts["page"], book.view, ""
    if not (word := book.telling_words().get(page)): return     # no prose, nothing to look for
    for k in range(5):                              # the first results; one of them is the page
        view.open("index.html")
        try: total = look_up(view.page, word)
        except TimeoutError: break
        option = view.page.locator("[role=option]").nth(k)
        link = option.locator("a[href]")
        (link.first if link.count() else option).click()
        view.page.wait_for_load_state("load")
        if (opened := name(view.page.url)) == page or k + 1 == total: break
    assert opened == page, f"{page}: “{word}” does not lead to it{f'; the last result tried opens {opened}' if opened else ': no result'}"


def look_up(page, word: str) -> int:  # how many results there are
    "Type a word into the search."
    page.keyboard.press("/")
    page.locator("input:focus").wait_for(timeout=5000)
    page.keyboard.insert_text(word)
    found = page.locator("[role=option]")
    found.first.wait_for(timeout=5000)
    return found.count()


def test_drawer(facts, book):
    "On a phone the contents open, lead to a section and are gone (where they are the book's own)."
    view = book.views[PHONE, "light"]
    if name(view.page.url) != facts["page"]: view.open(facts["page"])
    menu, section = view.page.locator(".menu-button"), view.page.locator("#TOC a").first
    if not menu.count() or not section.count(): return
    menu.click()
    try:
        section.click(timeout=3000)
        section.wait_for(state="hidden", timeout=3000)
    except TimeoutError:
        pytest.fail(f"{facts['page']}: “{section.inner_text()}” in the contents {'does not close them' if section.is_visible() else 'cannot be reached'}")


def test_contents(facts, book):
    "The page is in the table of contents, and something links to it."
    page, listed = facts["page"], [name(u) for u in book.facts("index.html")["sidebar"]]
    assert page in listed, f"{page}: is not in the table of contents"
    assert page not in all_pages.orphans, f"{page}: no page links to it"


# ---- the site as a whole

@pytest.mark.parametrize("way", ["next", "previous"])
def test_order(way, book):
    "Previous and next walk the whole book in the order of its table of contents."
    walk = list(dict.fromkeys(name(u) for u in book.facts("index.html")["sidebar"] if own(u)))
    assert walk, "index.html: has no table of contents"
    if way == "previous": walk.reverse()
    view = book.view
    view.open(walk[0])
    for here, there in zip(walk, [*walk[1:], None]):
        link = view.page.locator(f"a.nav-page-{way}, .nav-page-{way} a")
        if not link.count():
            assert not there, f"{here}: has no link to the {way} page, {there}"
            break
        link.first.click()
        view.page.wait_for_load_state("load")
        got = name(view.page.url)
        assert got == there, f"{here}: {way} leads to {got}; {there or 'nothing'} comes {'after' if way == 'next' else 'before'} it"


@pytest.mark.parametrize("width, theme", VIEWS)
def test_search_box(width, theme, book):
    "The open box of the search is accessible, where it is the book's own (a dialog); Quarto's is Quarto's."
    view, word = book.views[width, theme], book.telling_words()["index.html"]
    view.open("index.html")
    view.turn()
    try: look_up(view.page, word)
    except TimeoutError: pytest.fail(f"index.html: `/` and “{word}” show no result")
    if view.page.locator("dialog[open]").count(): none("the open search", view.axe("dialog[open]"))


def test_a_notebook_runs_as_it_is(book):
    "The smallest notebook that shows something runs in a reader's folder: the notebook alone."
    files = [get(u)[1] for p in PAGES for u in book.facts(p)["notebooks"] if "/notebooks/" in u]
    nbs = [nbformat.reads(f.decode(), as_version=4) for f in files if b'"cells"' in f]
    nbs = [nb for nb in nbs if any(c.get("outputs") for c in nb.cells)]
    nb = min(nbs, key=lambda nb: sum(len(c.source) for c in nb.cells if c.cell_type == "code"))
    with tempfile.TemporaryDirectory() as tmp:
        NotebookClient(nb, timeout=300, kernel_name="python3", extra_arguments=["--log-level=ERROR"], resources={"metadata": {"path": tmp}}).execute()
