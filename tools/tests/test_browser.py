"Tests of the browser check: a small site without a fault passes, and each fault planted in another is found and named."
import contextlib, io, shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools.checks import browser

pytestmark = pytest.mark.skipif(not any(map(shutil.which, browser.BROWSERS)),
                                reason="no Chromium on PATH (Debian: apt-get install chromium)")

STYLE = """
:root { color-scheme: light dark }
body { margin: 0; padding: 0 16px; font: 18px sans-serif; background: #fff; color: #222 }
html.dark body { background: #111; color: #eee } a { color: #0040a0 } html.dark a { color: #9cf }
li, nav a { line-height: 32px; margin-right: 24px } dialog { background: inherit; color: inherit } input { font-size: 18px }
[role=option] { padding: 8px } main p { max-width: 60vw }
@media (min-width: 800px) { .lined { position: relative } .lined .margin-aside { position: absolute; left: 62vw } }
"""
SCRIPT = """
const root = document.documentElement, paint = (dark) => root.classList.toggle("dark", dark);
if (!document.body.dataset.stuck) paint(matchMedia("(prefers-color-scheme: dark)").matches && !document.body.dataset.manual);
document.querySelector(".theme-button").addEventListener("click", () => {
  if (!document.body.dataset.stuck) paint(!root.classList.contains("dark"));
});
const box = document.querySelector("dialog"), input = box.querySelector("input"), list = box.querySelector("ul");
const index = { pelican: "index.html", walrus: "one.html", lobster: "two.html" };
document.addEventListener("keydown", (e) => { if (e.key === "/") { e.preventDefault(); box.showModal(); input.focus(); } });
input.addEventListener("input", () => {
  const hits = Object.keys(index).filter((w) => input.value.includes(w));
  list.innerHTML = hits.map((w) => `<li role="option" aria-selected="false">${w}</li>`).join("");
  [...list.children].forEach((li) => li.addEventListener("click", () => { location.href = index[li.textContent]; }));
});
"""
WORDS = {"index": "pelicans", "one": "walrusses", "two": "lobsters"}
PIXEL = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


def page(name, body="", attributes="", before="", after="", head="", sidebar=("index", "one", "two")):
    "A page of the small site."
    words = WORDS.get(name, name)
    contents = "".join(f'<li><a href="{n}.html">{n} page</a></li>' for n in sidebar)
    links = "".join(f'<a class="nav-page-{way}" href="{n}.html">{way}</a>' for way, n in (("previous", before), ("next", after)) if n)
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="style.css">{head}</head><body {attributes}>
<nav id="book-contents" aria-label="Contents"><ul>{contents}</ul></nav><button class="theme-button">Colours</button>
<main><h1>The page {name}</h1><p>Here are {words}, many {words}: <a href="notebooks/{name}.ipynb" download>notebook</a>.</p>
<p class="page-tools">{"3 min of reading" if name != "faulty" else "tools"} <a href="{name}.md">Markdown</a></p>{body}
<nav aria-label="Pages">{links}</nav></main>
<dialog aria-label="Search"><input type="search" aria-label="Search"><ul role="listbox" aria-label="Results"></ul></dialog>
<script src="script.js"></script></body></html>"""


def write_site(folder, pages, files=()):
    "A site in `folder/site`, its notebooks in `folder/nbs`."
    site, nbs = folder / "site", folder / "nbs"
    (site / "notebooks").mkdir(parents=True)
    nbs.mkdir()
    for name, text in {"style.css": STYLE, "script.js": SCRIPT, "pixel.svg": PIXEL, **dict(files)}.items(): (site / name).write_text(text)
    (site / "llms.txt").write_text("".join(f"- [{name}]({name}.md)\n" for name in pages if name != "faulty"))
    for name, text in pages.items():
        (site / f"{name}.html").write_text(text)
        if name != "faulty": (site / f"{name}.md").write_text(f"Here {WORDS.get(name)}, hyphen-ated.")
        nb = new_notebook(cells=[new_code_cell("print(2 + 3)", id="a", outputs=[new_output("stream", name="stdout", text="5\n")])])
        nbformat.write(nb, nbs / f"{name}.ipynb")
        shutil.copy(nbs / f"{name}.ipynb", site / "notebooks")
    return site, nbs


def check(folder, pages, *options, change=lambda site: None, **files):
    "Exit status and output of the check over such a site."
    site, nbs = write_site(folder, pages, files.items())
    change(site)
    with contextlib.redirect_stdout(io.StringIO()) as out: code = browser.main([str(site), "--notebooks", str(nbs), *options])
    return code, out.getvalue()


def sound():
    "Three pages without a fault: the second follows the system's colours only by its switch."
    body = ('<h2 id="part">Part</h2><h3>Piece</h3><p><a href="two.html#part">There</a>, and <code>x[@i] ?? ?@y</code>.</p>'
            '<img src="pixel.svg" alt="a triangle"><img src="pixel.svg" alt="" role="presentation" loading="lazy">'
            '<div tabindex="0" role="group" aria-label="wide" style="overflow-x: auto"><pre>wide</pre></div>'
            '<p class="lined">Text. <span class="margin-aside">A note.</span></p>'
            '<p><a href="https://example.org/">Elsewhere</a></p>')
    return {"index": page("index", body, after="one"), "one": page("one", body, "data-manual=1", "index", "two"),
            "two": page("two", body, before="one")}


def test_a_sound_site_passes(tmp_path):
    shots = tmp_path / "shots"
    code, out = check(tmp_path, sound(), "--shots", str(shots))
    assert code == 0, out
    assert out.strip().endswith(f"{3 * len(browser.CHECKS)} passed, 0 failed")
    assert {f.name for f in shots.iterdir()} == {f"{p}-{w}-{t}.png" for p in sound() for w in (1280, 390) for t in ("light", "dark")}


def test_pages_and_checks_can_be_chosen(tmp_path, capsys):
    code, out = check(tmp_path, sound(), "--pages", "one", "--only", "ids", "order")
    assert code == 0 and out.strip().endswith("2 passed, 0 failed"), out
    assert browser.main([str(tmp_path / "site"), "--pages", "three"]) == 2
    assert "no such page: three.html; the site has index.html, one.html, two.html" in capsys.readouterr().err


# What is planted in a page, and how the report names it.
FAULTS = {
    "alt": ('<img src="pixel.svg">', "pictures: img has no alt text: pixel.svg"),
    "drawing": ('<svg id="d" role="img" width="9" height="9"><path d="M0 0h9v9z"/></svg>', "pictures: svg#d has no name"),
    "picture": ('<img src="none.svg" alt="nothing">', "pictures: img is missing: none.svg"),
    "id": ('<p id="twin">a</p><p id="twin">b</p>', "ids: #twin stands 2 times"),
    "wide": ('<div id="plank" style="width: 700px">wide</div>', "of 390: div#plank (to 716 px), p#long (to"),
    "word": (f'<p id="long">{"ab" * 300}</p>', "of 1280: p#long (to "),
    "console": ('<script>console.error("a planted error")</script>', "requests: console: a planted error (faulty.html:"),
    "script": ('<script>null.planted</script>', "requests: script error: "),
    "foreign": ('<script src="https://example.org/a.js"></script>', "requests: asks another host: https://example.org/a.js"),
    "missing": ('<link rel="stylesheet" href="none.css">', "requests: answers 404: none.css"),
    "link": ('<a href="nowhere.html">nowhere</a>', "links: nowhere.html leads nowhere"),
    "anchor": ('<a href="index.html#gone">gone</a>', "links: index.html#gone: index.html has no such anchor"),
    "reference": ("<p>As in ?@fig-bell, so there.</p>", "references: `?@` in “As in ?@fig-bell, so there.”"),
    "citation": ("<p>Told by [@ioffe].</p>", "references: `[@` in “Told by [@ioffe].”"),
    "question": ("<p>Figure ?? shows it.</p>", "references: `??` in “Figure ?? shows it.”"),
    "jump": ("<h4>Too deep</h4>", "headings: h4 “Too deep” follows h1"),
    "top": ("<h1>Another</h1>", "headings: 2 h1 headings: The page faulty; Another"),
    "contrast": ('<p id="pale" style="color: #777; background: #666">pale</p>',
                 "color-contrast: 2 ×, first #pale (Element has insufficient color contrast"),
    "folded": ('<details><summary>Open</summary><p style="color: #ccc; background: #fff">faint</p></details>', "axe: color-contrast: 2 ×"),
    "dark": ('<style>html.dark .night { color: #333 }</style><p class="night">night</p>', "axe: color-contrast: 3 ×"),
    "broken": ('<img src="broken.svg" alt="no drawing in it">', "pictures: img cannot be shown: broken.svg"),
    "button": ('<button id="bare"></button>', "axe: button-name: 1 ×, first #bare"),
    "code": ('<pre style="overflow-x: auto" tabindex="0"><code id="line">' + "x = 1; " * 90 + "</code></pre>", "code: pre “x = 1; "),
    "note": ('<p>Under it.</p><p style="position: relative; line-height: 40px">Text. <span class="margin-aside" '
             'style="position: absolute; left: 0; top: -40px">Over.</span></p>', "notes: the note “Over.” lies over p “Under it.”"),
    "inline": ('<p>Text. <span class="margin-aside">Inside.</span></p>', "notes: the note “Inside.” stands in the text [light 1280, dark 1280]"),
    "length": ("", "length: does not say how long it takes to read"),
    "twin": ("", "twin: faulty.md is not there"),
    "listed": ("", "twin: llms.txt does not list faulty.md"),
    "heavy": (f"<!-- {'x' * 600_001} -->", "weight: 60"),
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    "The report over a site with a page that has all faults at once."
    pages = sound() | {"faulty": page("faulty", "".join(text for text, _ in FAULTS.values()))}
    files = {"broken.svg": "not a drawing"}
    return check(tmp_path_factory.mktemp("faulty"), pages, "--only", *browser.IN_EACH_VIEW, *browser.OF_A_PAGE, **files)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named(faulty, fault):
    code, out = faulty
    lines = [line for line in out.splitlines() if FAULTS[fault][1] in line]
    assert code == 1 and len(lines) == 1 and lines[0].startswith("  faulty.html: "), out


def test_the_sound_pages_beside_it_stay_sound(faulty):
    "Each check fails for the faulty page alone."
    out = faulty[1]
    assert not [line for line in out.splitlines() if line.startswith("  ") and not line.startswith("  faulty.html: ")], out
    total = 4 * len(browser.IN_EACH_VIEW | browser.OF_A_PAGE)
    failed = len(browser.IN_EACH_VIEW | browser.OF_A_PAGE) - 2              # all but the theme and the time of the first paint
    assert out.strip().endswith(f"{total - failed} passed, {failed} failed")


def test_faults_of_the_site_as_a_whole(tmp_path):
    contents = '<button class="menu-button">Contents</button><nav aria-label="Here"><div id="TOC"><a href="#x">Sect</a></div></nav>'
    pages = sound() | {"one": page("one", contents, before="index", after="index", attributes="data-stuck=1")}
    def change(site):
        (site / "lost.html").write_text(page("lost"))
        (site / "notebooks/index.ipynb").write_text("{}")
        with open(site / "notebooks/one.ipynb", "a") as f: f.write("\n")
        failing = new_notebook(cells=[new_code_cell("1/0", id="a", outputs=[new_output("stream", name="stdout", text="5\n")])])
        for folder in (site / "notebooks", tmp_path / "nbs"): nbformat.write(failing, folder / "two.ipynb")
        (site / "script.js").write_text(SCRIPT.replace('lobster: "two.html"', 'lobster: "one.html"'))
    code, out = check(tmp_path, pages, "--only", "theme", "order", "search", "drawer", "notebooks", change=change)
    assert code == 1
    for told in (
        "one.html: theme: stays light when its switch for colours is pressed [dark 1280, dark 390]",
        "one.html: order: next leads to index.html; two.html comes after it",
        "lost.html: order: is not in the table of contents", "lost.html: order: no page links to it",
        "one.html: drawer: “Sect” in the contents does not close them",
        "two.html: search: “lobsters” does not lead to it",
        "index.html: notebooks: index.ipynb is not a notebook", "one.html: notebooks: one.ipynb is not what",
        "lost.html: notebooks: lost.ipynb is not there",
        "two.html: notebooks: two.ipynb does not run as it is: ZeroDivisionError: division by zero",
    ):
        assert told in out, (told, out)


def test_without_a_site_or_a_browser_one_line_says_what_to_do(tmp_path, capsys, monkeypatch):
    assert browser.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.strip() == f"no website in {tmp_path}: it has no index.html; build it first (make book)"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.main([str(tmp_path)]) == 2
    told = "no Chromium on PATH: install it (Debian: apt-get install chromium) or name one with --chromium"
    assert capsys.readouterr().err.strip() == told
