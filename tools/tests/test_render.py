"What the renderer makes of the dialect, and that it refuses the rest."

import re, shutil

import pytest
from conftest import FIGURE, PNG, SVG, YML, code, md, shows

from tools.renderer import katex
from tools.book.errors import BookError
from tools.renderer.pandoc import pandoc
from tools.renderer.site import picture_size


def text_of(page):
    return re.sub(r"[ \n\t]+", " ", re.sub(r"<[^>]+>", "", page))


def test_a_figure_has_number_caption_alt_and_size(book):
    page = book(md("See @fig-bell."), code(FIGURE, shows(image_svg=SVG, text_plain="<Figure size 1x1>")))
    assert (
        'alt="A finding."' in page
        and "Figure\u00a011.1: A claim." in text_of(page)
        and 'href="#fig-bell" class="quarto-xref">Figure\u00a011.1<' in page
    )
    assert '<div id="fig-bell"' in page and 'width="96" height="48"' in page and "&lt;Figure size" not in page
    assert (book.root / "_site" / re.search(r'img src="([^"]+)"', page)[1]).read_text() == SVG


def test_outputs_of_every_kind(book):
    page = book(
        code(
            "1",
            {"output_type": "stream", "name": "stdout", "text": "a<b\n"},
            {"output_type": "stream", "name": "stderr", "text": "warned"},
            shows(text_plain="0.70"),
            shows(text_html="<b>bold</b>"),
            shows(text_markdown="*soft*"),
            {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []},
        )
    )
    for part in (
        'class="cell-output cell-output-stdout"',
        "a&lt;b",
        'class="cell-output cell-output-stderr"',
        "0.70",
        "<b>bold</b>",
        "<em>soft</em>",
        "cell-output-error",
        "ValueError: no",
    ):
        assert part in page


def test_a_png(book):
    page = book(code('#| fig-alt: "dots"\nx', shows(image_png=PNG)))
    assert 'alt="dots"' in page and 'width="40" height="20"' in page


def test_cell_options(book):
    page = book(
        code("#| echo: false\nhidden_code", shows(text_plain="kept")),
        code("#| output: false\nshown_code", shows(text_plain="gone")),
        code("#| include: false\nneither"),
        code('#| code-fold: true\n#| code-summary: "Look"\nfolded'),
        code("#| code-fold: show\nopened"),
    )
    assert "kept" in page and "shown_code" in text_of(page)
    assert not any(w in page for w in ("hidden_code", "gone", "neither"))
    assert (
        '<details class="code-fold"><summary>Look</summary>' in page and '<details class="code-fold" open><summary>Code</summary>' in page
    )


def test_tables_of_cells_and_of_prose(book):
    page = book(
        md("@tbl-a, @tbl-b\n\n| x | |\n|---|---|\n| 1 | 2 |\n\n: *One* claim. {#tbl-a}"),
        code('#| label: tbl-b\n#| tbl-cap: "Another."\nt', shows(text_html="<table><tr><td>9</td></tr></table>")),
    )
    assert (
        "Table\u00a011.1: One claim." in text_of(page)
        and "Table\u00a011.2: Another." in text_of(page)
        and page.count('class="table-scroll"') == 2
    )
    assert 'id="tbl-a"' in page and '<div id="tbl-b"' in page and "<th></th>" not in page


def test_equations_are_numbered_and_referred_to(book):
    page = book(md("By @eq-b\n$$\na\n$$ {#eq-a}\nand\n$$\nb\n$$ {#eq-b}\n"))
    assert (
        r"a \tag{11.1}" in page
        and r"b \tag{11.2}" in page
        and 'href="#eq-b" class="quarto-xref">Equation\u00a011.2<' in page
        and '<span id="eq-b"' in page
    )


def test_citations_and_bibliography(book):
    page = book(md("As shown [@ba2016layer]."))
    assert '(<a href="#ref-ba2016layer"' in page and 'id="ref-ba2016layer"' in page and ">References</h2>" in page
    assert "References" not in text_of(book(md("Nothing cited.")))


def test_the_whole_bibliography(book):
    assert 'id="ref-ba2016layer"' in book(md("::: {#refs}\n:::"), front="nocite: '@*'\n")


def test_callouts(book):
    page = book(
        md(
            '::: {.callout-tip collapse="true" title="Predict `x`"}\nanswer\n:::\n\n::: {.callout-note}\n## Said\nplain\n:::\n\n'
            "::: {.callout-warning}\ncare\n:::"
        )
    )
    assert re.search(
        r'<details class="callout callout-style-default callout-tip callout-titled"><summary.*?Predict <code>x</code>',
        page,
        re.S,
    )
    assert re.search(r'<div class="callout callout-style-default callout-note.*?Said.*?<p>plain</p>', page, re.S) and "Warning" in text_of(
        page
    )


def test_a_callout_can_span_cells(book):
    page = book(md("::: {.callout-note}\nbefore"), code("x = 1"), md("after\n:::"), md("outside"))
    assert re.search(r'callout-body">.*before.*class="cell".*after.*</div></div>.*outside', page, re.S)


def test_notes_footnotes_and_raw_html(book):
    page = book(
        md('Text[^1] [beside]{.aside} and <kbd>k</kbd>.\n\n[^1]: below\n\n::: {.column-margin}\nnote\n:::\n\n<div class="own">raw</div>')
    )
    for part in ('class="footnotes', "below", "margin-aside", '<div class="column-margin">', '<div class="own">', "<kbd>k</kbd>"):
        assert part in page


def test_code_can_be_copied_and_contents_are_listed(book):
    page = book(md("## First\n\n### Inner\n\n```python\nx = 1\n```"))
    assert page.count('class="code-copy-outer-scaffold"') == 1 and re.search(
        r'<nav id="TOC".*href="#first">First</a>.*href="#inner">Inner</a>', page, re.S
    )
    assert 'id="TOC"' not in book(md("## First"), front="toc: false\n")


def test_frame_navigation_and_download(book):
    page = book(md("## Deep {#sec-deep}\n\nsaturated neurons"))
    assert re.search(r'class="part[^"]*"[^>]*>Part 1<', page) and 'href="one.html" aria-current="page"' in page
    assert 'rel="prev" href="index.html"' in page and 'rel="next" href="two.html"' in page and "<title>One – Tiny</title>" in page
    assert (book.root / "_site/notebooks/11_one.ipynb").read_text() == (book.root / "11_one.ipynb").read_text()


def test_links_between_chapters(book):
    page = book(
        md("[two](12_two.ipynb#there), [html](two.html), [file](data.txt), [out](https://a.org)"), two=[md("## There")], data_DOT_txt="1"
    )
    for href in ("two.html#there", "two.html", "data.txt", "https://a.org"):
        assert f'href="{href}"' in page
    assert (book.root / "_site/data.txt").is_file()


def test_no_page_asks_another_host_for_anything_without_formulas(book):
    assert not re.search(r'(?:src|<link[^>]*href)="https?:', book(md("No formula.")))


REFUSED = [
    (md("{{< video x >}}"), "cell 2, line 1: a Quarto shortcode"),
    (md("```{python}\n1\n```"), "code that a renderer would run"),
    (md("::: {.panel-tabset}\n:::"), "class `panel-tabset`"),
    (md("::: {.column-page}\nx\n:::"), "class `column-page`"),
    (md("::: {.callout-hint}\nx\n:::"), "callout `callout-hint` is unknown"),
    (md("::: {layout-ncol=2}\nx\n:::"), "attribute `layout-ncol`"),
    (md("::: {#thm-x}\nx\n:::"), "`#thm-x`"),
    (md("::: {.callout-note icon=false}\nx\n:::"), "attribute `icon`"),
    (md('::: {title="x"}\nx\n:::'), "belong to a callout"),
    (md("# Another title"), "only heading of level 1"),
    (md("See @fig-none."), "@fig-none names no label"),
    (md("[@nobody]"), "@nobody is not in the bibliography"),
    (md("[@ba2016layer; @fig-x]"), "write references bare"),
    (md("text {#eq-x}"), "labels nothing"),
    (md("$$x$$ {#fig-x}"), "labels nothing"),
    (md("$$x$$ {#eq-x}\n\n$$y$$ {#eq-x}"), "defined twice"),
    (md('![](gone.svg){fig-alt="x"}'), "gone.svg is neither"),
    (md("![](gone.svg)"), "has no alt text"),
    (md('<img src="gone.png" alt="x">'), "gone.png is neither"),
    (md("[x](gone.ipynb)"), "broken link: gone.ipynb"),
    (md("[x](../secret.txt)"), "broken link"),
    (md("```{=latex}\nx\n```"), "raw latex"),
    (code("#| fig-foo: 1\nx"), "cell 2: cell option `fig-foo: 1`"),
    (code(FIGURE.replace('#| fig-alt: "A finding."\n', ""), shows(image_svg=SVG)), "needs `#| fig-alt:`"),
    (code(FIGURE.replace('#| fig-cap: "A claim."\n', ""), shows(image_svg=SVG)), "needs `#| fig-cap:`"),
    (code(FIGURE), "has no stored picture"),
    (code('#| tbl-cap: "x"\n1'), "a caption needs a label"),
    (code("#| code-fold: maybe\n1"), "code-fold is true, false or show"),
    (code("1", shows(application_json="{}")), "no output of the kinds application/json"),
    (md("[x](two.html#nowhere)"), "points at an anchor that two.html has not"),
    (md("[x](#nowhere)"), "points at an anchor"),
    (md('<script src="https://track.er/x.js"></script>'), "loads https://track.er/x.js from another host"),
    (md('<img src="data.svg">'), "has no alt text"),
]


@pytest.mark.parametrize("cell, message", REFUSED, ids=[re.sub(r"\W+", " ", m)[:40] for _, m in REFUSED])
def test_what_the_dialect_has_not_is_an_error_that_names_the_place(book, cell, message):
    cell = {**cell, "metadata": {"cell": 2}}
    with pytest.raises(BookError) as e:
        book(cell, data_DOT_svg=SVG)
    assert re.match(r"(?:11_one\.ipynb, cell 2|one\.html)", str(e.value)), str(e.value)
    assert message in str(e.value)


def test_front_matter_and_settings_that_nobody_reads(book):
    with pytest.raises(BookError, match="front matter `execute`"):
        book(front="execute: {echo: false}\n")
    with pytest.raises(BookError, match="key `website.sidebarr`"):
        book(yml=YML.replace("  sidebar:", "  sidebarr:"))


def test_the_table_of_contents_and_the_notebooks_are_the_same(book):
    with pytest.raises(BookError, match="lists 13_three.ipynb, which does not exist"):
        book(yml=YML.replace("12_two.ipynb", "12_two.ipynb, 13_three.ipynb"))
    with pytest.raises(BookError, match="12_two.ipynb is not in the sidebar"):
        book(yml=YML.replace(", 12_two.ipynb", ""))


def test_chapters_of_a_chapter_fold_below_it(book):
    nested = YML.replace("contents: [11_one.ipynb, 12_two.ipynb]", "contents: [{section: 11_one.ipynb, contents: [12_two.ipynb]}]")
    page = book(yml=nested)
    listed = re.search(r'<nav class="book-contents".*?</nav>', page, re.S)[0]
    assert re.search(r'href="one.html" aria-current="page">One</a><details open><summary>1 more</summary><ul><li><a href="two.html">Two</a>', listed)
    assert 'class="nav-page nav-page-next" rel="next" href="two.html"' in page and "of-part-1" in page
    assert "[Two](two.md)" in (book.root / "_site/llms.txt").read_text()


def test_a_failed_render_leaves_the_output_as_it_was(book):
    book(md("good"))
    with pytest.raises(BookError):
        book(md("@fig-none"))
    assert "good" in (book.root / "_site/one.html").read_text()


@pytest.mark.parametrize("data, size", [(SVG.encode(), (96, 48)), (b"<svg viewBox='0 0 1 1'>", None), (b"GIF", None)])
def test_picture_size(data, size):
    assert picture_size(data) == size


def test_pandoc_says_what_is_wrong():
    with pytest.raises(BookError, match="pandoc: .*nonsense"):
        pandoc("x", "-t", "nonsense")


def test_without_npm_one_line_says_so(tmp_path, monkeypatch):
    lines = []
    monkeypatch.setattr(katex.npm.shutil, "which", lambda name: None)
    assert katex.fetch(tmp_path, lines.append) is None and len(lines) == 1 and "CDN" in lines[0]


def test_styles_that_formulas_repeat_become_classes():
    strut = '<span class="katex-strut" style="height:1em;"></span>'
    pages, rules = katex.with_lighter_formulas({"p": strut*9 + '<span class="mspace" style="margin-right:0.3em;"></span>', "q": strut})
    assert pages["q"] == '<span class="katex-strut k0"></span>' and pages["p"].startswith(pages["q"]*9) and "margin-right" in pages["p"]
    assert rules == ".katex .k0.k0.k0{height:1em;}\n"


@pytest.mark.skipif(not shutil.which("node"), reason="formulas are set at build time only where node is installed")
def test_formulas_are_set_and_a_bad_one_is_named(tmp_path):
    (tmp_path / "katex.min.js").write_text(
        "exports.renderToString = (t, o) => {"
        " if (t.includes('bad')) throw new Error('cannot read'); return `<i>${t}|${o.displayMode}</i>` }"
    )
    page = '<span class="math inline">a &lt; b</span> <span class="math display">c</span>'
    assert katex.render_pages({"p": page}, tmp_path) == {
        "p": '<span class="math inline"><i>a < b|false</i></span> <span class="math display"><i>c|true</i></span>'
    }
    with pytest.raises(BookError, match="p: formula `bad`: cannot read"):
        katex.render_pages({"p": '<span class="math inline">bad</span>'}, tmp_path)
