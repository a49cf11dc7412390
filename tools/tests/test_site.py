"Tests of the site's checks: a small site without a fault passes, and each fault planted in another is found and named."
import re, shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools.book.errors import BookError
from tools.checks import site

pytestmark = pytest.mark.skipif(not any(map(shutil.which, site.BROWSERS)),
                                reason="no Chromium on PATH (Debian: apt-get install chromium)")

STYLE = """
:root { color-scheme: light dark }
body { margin: 0; padding: 0 16px; font: 18px sans-serif; background: #fff; color: #222 }
html.dark body { background: #111; color: #eee } a { color: #0040a0 } html.dark a { color: #9cf }
li, nav a { line-height: 32px; margin-right: 24px } dialog { background: inherit; color: inherit } input { font-size: 18px }
dialog a { display: block; padding: 8px } main p { max-width: 60vw }
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
window.bookSearch = async (word) => Object.keys(index).filter((w) => word.includes(w)).map((w) => ({ link: index[w] }));
document.addEventListener("keydown", (e) => {
  if (e.key === "/") { e.preventDefault(); box.showModal(); input.focus(); }
  if (e.key === "ArrowDown") list.querySelector("a").focus();
  if (e.key === "Enter" && e.target === input) list.querySelector("a").click();
  const way = { ArrowLeft: "previous", ArrowRight: "next" }[e.key];
  if (way && !box.open) document.querySelector(`.nav-page-${way}`)?.click();
});
input.addEventListener("input", async () => {
  list.innerHTML = (await bookSearch(input.value)).map((f) => `<li><a href="${f.link}">${f.link}</a></li>`).join("");
});
CSS.highlights.set("sought", new Highlight(new Range()));
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
<main><h1>The page {name} of {words}</h1><p>Here are {words}, many {words}: <a href="notebooks/{name}.ipynb" download>notebook</a>.</p>
<p class="page-tools">{"3 min of reading" if name != "faulty" else "tools"} <a href="{name}.md">Markdown</a></p>{body}
<nav aria-label="Pages">{links}</nav></main>
<dialog aria-label="Search"><input aria-label="Search"><ul></ul></dialog>
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


def check(folder, pages, capfd, *options, change=lambda site: None, **files):
    "What passed, what failed, and what is said of a site."
    made, nbs = write_site(folder, pages, files.items())
    change(made)
    counts = site.run_pytest(str(made), options, nbs, "test_pages.py")
    return counts, capfd.readouterr().out


def sound():
    "Three pages without a fault: the second follows the system's colours only by its switch."
    body = ('<h2 id="part">Part</h2><h3>Piece</h3><p><a href="two.html#part">There</a>, and <code>x[@i] ?? ?@y</code>.</p>'
            '<img src="pixel.svg" alt="a triangle"><img src="pixel.svg" alt="" role="presentation" loading="lazy">'
            '<div tabindex="0" role="group" aria-label="wide" style="overflow-x: auto"><pre>wide</pre></div>'
            '<p class="lined">Text. <span class="margin-aside">A note.</span></p>'
            '<p><a href="https://example.org/">Elsewhere</a></p>')
    return {"index": page("index", body, after="one"), "one": page("one", body, "data-manual=1", "index", "two"),
            "two": page("two", body, before="one")}


@pytest.fixture
def short(monkeypatch): monkeypatch.setenv("COLUMNS", "4000")       # pytest cuts what it says at the width of the terminal


def test_a_sound_site_passes(tmp_path, capfd, short):
    (passed, failed), out = check(tmp_path, sound(), capfd)
    assert failed == 0 and passed == 3*4*6 + 3*12 + 2 + 2 + 4 + 1 + 6 + 1 + 1 + 1, out


# What is planted in a page, and how the report names it.
FAULTS = {
    "alt": ('<img src="pixel.svg">', "img has no alt text: pixel.svg"),
    "drawing": ('<svg id="d" role="img" width="9" height="9"><path d="M0 0h9v9z"/></svg>', "svg#d has no name"),
    "picture": ('<img src="none.svg" alt="nothing">', "img is missing: none.svg"),
    "id": ('<p id="twin">a</p><p id="twin">b</p>', "#twin stands 2 times"),
    "wide": ('<div id="plank" style="width: 700px">wide</div>', "of 390: div#plank (to 716 px), p#long (to"),
    "word": (f'<p id="long">{"ab" * 300}</p>', "of 1280: p#long (to "),
    "console": ('<script>console.error("a planted error")</script>', "console: a planted error (faulty.html:"),
    "script": ('<script>null.planted</script>', "script error: "),
    "foreign": ('<script src="https://example.org/a.js"></script>', "asks another host: https://example.org/a.js"),
    "missing": ('<link rel="stylesheet" href="none.css">', "answers 404: none.css"),
    "link": ('<a href="nowhere.html">nowhere</a>', "nowhere.html leads nowhere"),
    "anchor": ('<a href="index.html#gone">gone</a>', "index.html#gone: index.html has no such anchor"),
    "reference": ("<p>As in ?@fig-bell, so there.</p>", "`?@` in “As in ?@fig-bell, so there.”"),
    "citation": ("<p>Told by [@ioffe].</p>", "`[@` in “Told by [@ioffe].”"),
    "question": ("<p>Figure ?? shows it.</p>", "`??` in “Figure ?? shows it.”"),
    "jump": ("<h4>Too deep</h4>", "h4 “Too deep” follows h1"),
    "top": ("<h1>Another</h1>", "2 h1 headings: The page faulty of faulty; Another"),
    "contrast": ('<p id="pale" style="color: #777; background: #666">pale</p>',
                 "color-contrast: 2 ×, first #pale (Element has insufficient color contrast"),
    "code colours": ('<pre style="background: #666; color: #777">pale code</pre>', "pre “pale code” has a contrast of 1."),
    "folded": ('<details><summary>Open</summary><p style="color: #ccc; background: #fff">faint</p></details>', "color-contrast: 2 ×"),
    "dark": ('<style>html.dark .night { color: #333 }</style><p class="night">night</p>', "color-contrast: 3 ×"),
    "broken": ('<img src="broken.svg" alt="no drawing in it">', "img cannot be shown: broken.svg"),
    "button": ('<button id="bare"></button>', "button-name: 1 ×, first #bare"),
    "code": ('<pre style="overflow-x: auto" tabindex="0"><code id="line">' + "x = 1; " * 90 + "</code></pre>", "pre “x = 1; "),
    "note": ('<p>Under it.</p><p style="position: relative; line-height: 40px">Text. <span class="margin-aside" '
             'style="position: absolute; left: 0; top: -40px">Over.</span></p>', "the note “Over.” lies over p “Under it.”"),
    "inline": ('<p>Text. <span class="margin-aside">Inside.</span></p>', "the note “Inside.” stands in the text"),
    "length": ("", "does not say how long it takes to read"),
    "twin": ("", "faulty.md is not there"),
    "listed": ("", "llms.txt does not list faulty.md"),
    "heavy": (f"<!-- {'x' * 600_001} -->", "60"),
}


def test_planted_faults_are_named(tmp_path, capfd, short):
    "A page with all faults at once, a page that nothing links to, and a site whose order, theme, search and notebooks are wrong."
    pages = sound() | {"faulty": page("faulty", "".join(text for text, _ in FAULTS.values()), sidebar=("index", "one", "two", "faulty"))}
    pages["index"] = page("index", '<p><a href="faulty.html">faulty</a></p>', after="one", sidebar=("index", "one", "two", "faulty"))
    pages["one"] = page("one", "", "data-stuck=1", "index", "index")
    pages["lost"] = page("lost", "")

    def change(made):
        (made / "notebooks/two.ipynb").write_text("{}")
        (made / "notebooks/lost.ipynb").unlink()
        nb = made / "notebooks/one.ipynb"
        nb.write_text(nb.read_text().replace("print(2 + 3)", "1 / 0"))
        (made / "script.js").write_text(SCRIPT.replace('lobster: "two.html"', 'lobster: "one.html"'))

    (passed, failed), out = check(tmp_path, pages, capfd, change=change, **{"broken.svg": "not a drawing"})
    told = [f"faulty.html: .*{re.escape(message)}" for _, message in FAULTS.values()] + [
        "one.html: stays light when its switch for colours is pressed", "one.html: next leads to index.html; two.html comes after it",
        "lost.html: is not in the table of contents", "lost.html: no page links to it|lost.html: is not in the table", "“The page two of lobsters” does not lead to two.html, but to one.html",
        "two.html: two.ipynb is not a notebook", "one.html: one.ipynb is not what", "lost.html: lost.ipynb is not there", "ZeroDivisionError"]
    assert not (missing := [m for m in told if not re.search(m, out)]), f"{missing}\n{out}"


def test_without_a_site_or_a_browser_one_line_says_what_to_do(tmp_path, monkeypatch):
    with pytest.raises(BookError, match="no website in .*: it has no index.html; build it first"): site.run_pytest(str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BookError, match=r"no Chromium on PATH: install it \(Debian: apt-get install chromium\)"): site.run_pytest(str(tmp_path))
