"What a reader gets: every page in both colour themes, at the width of a desk and of a phone, and the site as a whole."
import os, re, tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import nbformat
import pytest
from .conftest import DESK, HERE, PHONE, PAGES, URL, VIEWS, all_pages, anchors, get, name, own
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


def test_drawer(facts, book):
    "On a phone the contents of the book open and take the focus, and those of the page lead to a section (where they are the book's own)."
    view = book.views[PHONE, "light"]
    if name(view.page.url) != facts["page"]: view.open(facts["page"])
    menu, section = view.page.locator(".menu-button"), view.page.locator(".page-contents #TOC a").first
    if not menu.count(): return
    menu.click()
    assert view.page.evaluate("document.activeElement.closest('#book-contents') !== null"), f"{facts['page']}: the contents do not take the focus"
    view.page.keyboard.press("Escape")
    assert not view.page.locator("#book-contents a").first.is_visible(), f"{facts['page']}: the Escape key does not close the contents"
    if section.count():
        section.click(timeout=3000)
        assert urlsplit(view.page.url).fragment, f"{facts['page']}: the contents of the page lead nowhere"


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
    faults = []
    for here, there in zip(walk, [*walk[1:], None]):
        got = book.facts(here)["turn"].get(way)
        if there and not got: faults.append(f"{here}: has no link to the {way} page, {there}")
        elif got and name(got) != there: faults.append(f"{here}: {way} leads to {name(got)}; {there or 'nothing'} comes {'after' if way == 'next' else 'before'} it")
    none("the order", faults)


def find(book, words: list[str]) -> list[list[str]]:
    "For each of some searches, the addresses of its results, best first."
    book.view.open("index.html")
    return book.view.page.evaluate("async (all) => { const res = []; for (const w of all) res.push((await bookSearch(w)).map((f) => f.link)); return res; }", words)


def test_search(book):
    "The title of each page leads to it."
    titles = {p: next((text for level, text in book.facts(p)["headings"] if level == 1), "") for p in PAGES}
    none("the search", [f"“{titles[page]}” does not lead to {page}, but to {', '.join(links[:3]) or 'nothing'}" for page, links in zip(titles, find(book, list(titles.values())))
                        if page not in [link.partition("#")[0] for link in links]])


def test_queries(book):
    "What readers type leads to the right page among the first three results (queries.txt), no excerpt shows TeX or a key, and solutions come last."
    lines = [line.rpartition(":") for line in (HERE / "queries.txt").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    if len({f"{page}.html" for _, _, pages in lines for page in pages.split()} & set(PAGES)) < 2: return       # another site
    stem = lambda link: link.partition(".html")[0]
    faults = [f"“{query}” leads to {', '.join(links[:3])}" for (query, _, pages), links in zip(lines, find(book, [q for q, _, _ in lines]))
              if not {stem(link) for link in links[:3]} & set(pages.split())]
    shown = book.view.page.evaluate("async (all) => { const res = []; for (const w of all) res.push(...await bookSearch(w)); return res; }", ["variance", "normalized gradient", "gamma"])
    faults += [f"raw text in the excerpt of {f['link']}: {m[0]}" for f in shown if (m := re.search(r"\\[a-z]+|@\w+\d{4}|\$\w", re.sub("<[^>]*>", "", f["excerpt"])))]
    kinds = [f.get("kind") == "Solution" for f in shown[:12]]
    if kinds != sorted(kinds): faults.append("solutions come before other results")
    none("the search", faults)


@pytest.mark.parametrize("width, theme", VIEWS)
def test_search_box(width, theme, book):
    "The window of the search opens and closes by key, is accessible, and its results are links that the arrow keys walk."
    view, word = book.views[width, theme], book.telling_words()["index.html"]
    view.open("index.html")
    view.turn()
    page = view.page
    page.keyboard.press("/")
    page.keyboard.insert_text(word)
    try: page.locator("dialog[open] a").first.wait_for(timeout=9000)
    except TimeoutError: pytest.fail(f"index.html: `/` and “{word}” show no result")
    none("the open search", view.axe("dialog[open]"))
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('dialog a')"), "the down arrow does not go to the first result"
    page.keyboard.press("Escape")
    assert not page.locator("dialog[open]").count(), "one press of the Escape key does not close the search"


def test_what_is_sought_is_marked(book):
    "A result that is followed leads to a page on which its words are marked."
    view = book.view
    view.open("index.html")
    view.page.keyboard.press("/")
    view.page.keyboard.insert_text(book.telling_words()[PAGES[-1]])
    view.page.locator("dialog[open] a").first.wait_for(timeout=9000)
    view.page.keyboard.press("Enter")
    view.page.wait_for_url(lambda url: not url.endswith("/index.html"), timeout=9000)
    view.page.wait_for_load_state("load")
    assert view.page.evaluate("CSS.highlights.get('sought')?.size ?? 0"), f"{name(view.page.url)}: nothing is marked"


# Links that refer to something: how they are found in a page, and what its HTML has where there is one.
REFERENCES = {"a.term": 'class="term"', "a[role=doc-biblioref]": "doc-biblioref", "a[href*='.html#fig-']": ".html#fig-",
              **{f"a[href^='#{k}-']": f'href="#{k}-' for k in ("fig", "eq", "tbl")}}


@pytest.mark.parametrize("kind", REFERENCES)
def test_references_are_shown_where_they_stand(kind, book):
    "A term, a citation, a figure, a formula or a table shows when a link to it has the focus, and goes with Escape."
    page = next((p for p in PAGES if shows(book, p, kind)), None)
    if not page: return
    box = book.view.page.locator("#preview")
    try: box.wait_for(timeout=5000)
    except TimeoutError: pytest.fail(f"{page}: {kind} shows nothing")
    assert box.evaluate("(e) => e.innerText.trim().length > 8 || e.querySelector('img, svg')"), f"{page}: {kind} shows nothing"
    none(page, book.view.axe("#preview"))
    book.view.page.keyboard.press("Escape")
    assert box.is_hidden(), f"{page}: the Escape key does not close what {kind} shows"


def shows(book, page: str, kind: str) -> bool:
    "Give a link of a kind the focus by key, where the page has one in its text."
    if REFERENCES[kind] not in get(urljoin(URL, page))[1].decode(): return False
    book.view.open(page)
    book.view.page.keyboard.press("Tab")        # from here on, what has the focus is shown to have it
    return book.view.page.evaluate("(kind) => { const a = [...document.querySelectorAll(`main p ${kind}`)].find((e) => e.checkVisibility()); a?.focus(); return Boolean(a); }", kind)


def test_a_jump_is_marked_and_has_a_way_back(book):
    page = next((p for p in PAGES if shows(book, p, "a[href^='#fig-']")), None)
    if not page: return
    book.view.page.keyboard.press("Enter")
    assert book.view.page.evaluate("document.querySelector(':target') !== null"), f"{page}: Enter does not follow the link"
    book.view.page.locator(".way-back").click(timeout=5000)
    book.view.page.wait_for_function("!location.hash", timeout=5000)


def test_keys_turn_pages(book):
    "The arrow keys go to the next page and to the previous one."
    view, walk = book.view, list(dict.fromkeys(name(u) for u in book.facts("index.html")["sidebar"] if own(u)))
    view.open(walk[1])
    for key, there in (("ArrowRight", walk[2]), ("ArrowLeft", walk[1])):
        view.page.keyboard.press(key)
        try: view.page.wait_for_url(urljoin(URL, there), timeout=5000)
        except TimeoutError: pytest.fail(f"{key} leads to {name(view.page.url)}; it should lead to {there}")
        view.page.wait_for_load_state("load")


def test_a_notebook_runs_as_it_is(book):
    "The smallest notebook that shows something runs in a reader's folder: the notebook alone."
    files = [get(u)[1] for p in PAGES for u in book.facts(p)["notebooks"] if "/notebooks/" in u]
    nbs = [nbformat.reads(f.decode(), as_version=4) for f in files if b'"cells"' in f]
    nbs = [nb for nb in nbs if any(c.get("outputs") for c in nb.cells)]
    nb = min(nbs, key=lambda nb: sum(len(c.source) for c in nb.cells if c.cell_type == "code"))
    with tempfile.TemporaryDirectory() as tmp:
        NotebookClient(nb, timeout=300, kernel_name="python3", extra_arguments=["--log-level=ERROR"], resources={"metadata": {"path": tmp}}).execute()
