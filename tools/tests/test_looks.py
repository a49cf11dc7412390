"The looks that a rendered site is given."
import re
from pathlib import Path

from bnbook.plot import COLORS
from tools.book.project import find_project
from tools.pages import heads, looks

ROOT = find_project(Path(__file__)).root


def test_a_drawing_has_each_colour_of_the_book_in_both_themes():
    svg = '<svg width="1">\n<path style="fill: #4f60c8"/><text style="fill: #767676">Matplotlib</text></svg>'
    text = looks.for_both_themes(svg)
    style, rest = re.match(r'<svg width="1"><style>(.*?)</style>(.*)', text, re.S).groups()
    light, dark = style.split("@media (prefers-color-scheme:dark)")
    assert "fill: var(--c4f60c8,#4f60c8)" in rest and "fill: var(--c767676,#767676)" in rest
    assert "--c767676:#59626b" in light and "--c4f60c8:#8795f2" in dark
    assert set(looks.DARK) == set(COLORS.values())      # the palette and its dark side stay together


def test_pictures_of_matplotlib_are_coloured_once_and_the_palette_page_is_left(tmp_path):
    for name in ("one_files", looks.PALETTE_PAGE):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.svg").write_text('<svg><!-- Matplotlib --><path style="fill: #e06a10"/></svg>')
    (tmp_path / "one_files/b.svg").write_text('<svg><path style="fill: #e06a10"/></svg>')
    looks.color_pictures(tmp_path)
    once = (tmp_path / "one_files/a.svg").read_text()
    looks.color_pictures(tmp_path)
    assert "var(--ce06a10" in once and once == (tmp_path / "one_files/a.svg").read_text()
    assert "var(" not in (tmp_path / looks.PALETTE_PAGE / "a.svg").read_text() + (tmp_path / "one_files/b.svg").read_text()


def test_the_face_is_named_where_npm_gave_it_and_only_there(tmp_path, monkeypatch):
    (tmp_path / "styles.css").write_text("p {}")
    monkeypatch.setattr(looks.npm.shutil, "which", lambda name: None)
    said = []
    looks.use_face(tmp_path, ["styles.css"], tmp_path / "none", said.append)
    assert (tmp_path / "styles.css").read_text() == "p {}" and "npm is not installed" in said[0]
    folder = tmp_path / "cache" / f"face-{looks.VERSION}"
    folder.mkdir(parents=True)
    for name in ["LICENSE", *(f"text-{w}-{s}.woff2" for w, s in looks.FACES)]: (folder / name).write_text("x")
    looks.use_face(tmp_path, ["styles.css"], tmp_path / "cache", said.append)
    css = (tmp_path / "styles.css").read_text()
    named = re.findall(r'url\("([^"]+)"\)', css)
    assert len(named) == len(looks.FACES) and all((tmp_path / u).is_file() for u in named) and css.endswith("p {}")
    assert (tmp_path / looks.FONTS / "LICENSE").is_file()


def test_a_formula_keeps_the_mark_after_it():
    formula = '<span class="math inline"><span class="katex"><span aria-hidden="true">{}</span></span></span>'
    short, long = formula.format('<span class="katex-base">x</span>'), formula.format('<span class="katex-base">x=</span><span class="katex-base">y</span>')
    assert looks.keep_whole(f"{short}, {short} and {long}.") == f'<span class="whole">{short},</span> {short} and {long}.'
    assert looks.keep_whole(r'<span class="math inline">\(x\)</span>; y') == r'<span class="whole"><span class="math inline">\(x\)</span>;</span> y'


def test_options_in_prose_are_kept_whole():
    text = "<p><code>x --skip a -k b-c</code></p><pre><code>--no</code></pre>"
    assert looks.keep_whole(text) == ('<p><code>x <span class="whole">--skip</span> a <span class="whole">-k</span> b-c</code></p>'
                                              "<pre><code>--no</code></pre>")


def test_each_chapter_has_its_picture_below_the_title():
    page = '<header id="title-block-header" class="q"><h1>x</h1></header><p>y</p>'
    text = heads.with_picture(page, "12_two.ipynb")
    assert re.fullmatch(r'<header.*</header><svg class="chapter-picture"[^>]* aria-hidden="true">(<path[^>]*/>)+</svg><p>y</p>', text)
    assert text == heads.with_picture(page, "12_other.ipynb") != heads.with_picture(page, "11_one.ipynb")
    assert heads.with_picture(page, "91_notation.ipynb") == page
    drawn = [heads.picture(n).count("h0") for n in (*heads.FIELDS, "99")]
    assert set(drawn) == {heads.COLUMNS*heads.ROWS} and max(len(heads.picture(n)) for n in heads.FIELDS) < 4000
    assert len({heads.picture(n) for n in heads.FIELDS}) == len(heads.FIELDS)


def test_the_dark_theme_is_there_without_scripts():
    css = 'p { color: red }\nhtml[data-bs-theme="dark"], body.quarto-dark {\n  --x: 1;\n}\nhtml[data-bs-theme="dark"] img, body.quarto-dark img { top: 0 }\n'
    whole = looks.dark_without_script(css)
    assert whole.startswith(css + "@media screen and (scripting: none) and (prefers-color-scheme: dark) {")
    added = whole[len(css):]
    assert ":root:has(> body.book) {\n  --x: 1;\n}" in added and ":root:has(> body.book) img { top: 0 }" in added and "quarto-dark" not in added
    assert looks.dark_without_script("p {}") == "p {}"
    sheet = (ROOT / "nbs/styles.css").read_text(encoding="utf-8")
    assert all(f"--book-{name}:" in looks.dark_without_script(sheet)[len(sheet):] for name in ("ground", "ink", "link"))
