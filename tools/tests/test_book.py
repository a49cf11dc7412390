"Labels, references and directives of the source notebooks."

import re

import pytest
from conftest import FIGURE, code, md, raw, write_nb

from tools.book.chapters import Cell, mask_code, read_book
from tools.book.dialect import check_book
from tools.book.labels import book_labels, resolve_options, resolve_references
from tools.book.symbols import documented, drop_source_links, fix_symbol_links, unlink_code
from tools.book.errors import BookError


def labels_of(folder):
    return book_labels(read_book(folder))


def test_labels_are_numbered_by_kind_in_each_chapter(sources):
    labels = labels_of(
        sources([code(FIGURE), md("$$\nx\n$$ {#eq-x}\n\n## Why {#sec-why}"), code(FIGURE.replace("bell", "two"))], [md("$$y$$ {#eq-y}")])
    )
    assert {n: (o.chapter.name, o.number) for n, o in labels.items()} == {
        "fig-bell": ("11_one.ipynb", 1),
        "eq-x": ("11_one.ipynb", 1),
        "sec-why": ("11_one.ipynb", 1),
        "fig-two": ("11_one.ipynb", 2),
        "eq-y": ("12_two.ipynb", 1),
    }
    assert labels["sec-why"].title == "Why"


def test_references_to_another_chapter_become_links_with_number_and_chapter(sources):
    labels = labels_of(sources([code(FIGURE), md("## Why {#sec-why}\n\n$$x$$ {#eq-x}")]))
    there = lambda t: resolve_references(t, "12_two.ipynb", labels)
    assert there("See @fig-bell.") == "See [Figure\u00a011.1](11_one.ipynb#fig-bell)."
    assert there("(@eq-x)") == "([Equation\u00a011.1](11_one.ipynb#eq-x))"
    assert there("@sec-why") == "[Why](11_one.ipynb#sec-why) in [One](11_one.ipynb)"
    assert resolve_references("See @fig-bell, @sec-why", "11_one.ipynb", labels) == "See @fig-bell, [Why](#sec-why)"


def test_references_in_captions_become_links(sources):
    labels = labels_of(sources([code(FIGURE)]))
    cell = '#| label: fig-b\n#| fig-cap: "Like \\"it\\" in @fig-bell: wide."\nx = "@fig-bell"'
    assert (
        resolve_options(cell, "12_two.ipynb", labels)
        == '#| label: fig-b\n#| fig-cap: "Like \\"it\\" in [Figure\u00a011.1](11_one.ipynb#fig-bell): wide."\nx = "@fig-bell"'
    )


def test_code_and_addresses_are_not_references(sources):
    labels = labels_of(sources())
    for text in ("`@fig-none`", "```\n@fig-none\n```", "me@fig-none.org", "<!-- @fig-none -->"):
        assert resolve_references(text, "11_one.ipynb", labels) == text


def test_an_unknown_label_names_notebook_cell_line_and_a_near_one(sources):
    labels = labels_of(sources([code(FIGURE)]))
    with pytest.raises(BookError, match=r"12_two.ipynb, cell 3, line 2: @fig-bel names no label of the book; did you mean @fig-bell\?"):
        resolve_references("text\nsee @fig-bel", "12_two.ipynb", labels, 3)


def test_a_label_defined_twice_names_both_places(sources):
    with pytest.raises(BookError, match=r"12_two.ipynb, cell 2: label `fig-bell` is already defined in 11_one.ipynb, cell 2"):
        labels_of(sources([code(FIGURE)], [code(FIGURE)]))


@pytest.mark.parametrize(
    "cell, message",
    [
        (code("#| hide\n" + FIGURE), "cell 2: `fig-bell` labels a cell whose output is hidden"),
        (code("#| label: eq-x\n1"), "a code cell cannot be `eq-x`"),
        (md("text {#sec-x}"), "cell 2, line 1: `sec-x` is not on a heading"),
        (md("## T {#sec-a.b}"), "label `sec-a.b` is not letters"),
    ],
)
def test_labels_that_nothing_can_show(sources, cell, message):
    with pytest.raises(BookError, match=message):
        labels_of(sources([cell]))


@pytest.mark.parametrize("text", ["[@fig-bell]", "[see @fig-bell, p. 2]", "-@fig-bell"])
def test_grouped_references_are_refused(sources, text):
    with pytest.raises(BookError, match="write references bare"):
        resolve_references(text, "12_two.ipynb", labels_of(sources([code(FIGURE)])))


@pytest.mark.parametrize("text", ["^[see @fig-bell]", "[as @fig-bell]{.aside}", "![as @fig-bell](a.svg)"])
def test_references_in_notes_and_captions_are_not_grouped(sources, text):
    assert "Figure" in resolve_references(text, "12_two.ipynb", labels_of(sources([code(FIGURE)])))


@pytest.mark.parametrize(
    "source, message",
    [
        ("#| exprot\nx", "line 1: directive `exprot` is unknown"),
        ("#| echo: false\n#| fig-foo: 1\nx", "line 2: cell option `fig-foo` is not in the book's dialect"),
        ("#| fig-cap: a: b\nx", "the value of `fig-cap` is not YAML"),
        ("#| fig-cap: >\n#|   more\nx", "continues an option"),
    ],
)
def test_directives_that_nothing_understands(sources, source, message):
    with pytest.raises(BookError, match=rf"11_one.ipynb, cell 2.*{message}"):
        check_book(sources([code(source)]))


def test_check_lists_every_problem_at_once(sources):
    with pytest.raises(BookError) as e:
        check_book(sources([code("#| exprot\nx"), md("@fig-none")], [md("@eq-none")]))
    assert len(str(e.value).splitlines()) == 3


def test_known_directives_pass(sources):
    check_book(
        sources([code("#| export\n#| slow\nx=1"), code("#| hide\nx"), code("#| eval: false\n#| code-fold: true\nx"), code("#|hide\nx")]),
        {"slow"},
    )


def test_a_notebook_without_title(tmp_path):
    write_nb(tmp_path / "a.ipynb", md("text"))
    with pytest.raises(BookError, match="a.ipynb: no title"):
        read_book(tmp_path)


def test_masking_keeps_positions():
    text = "a `@fig-x` b\n```\n@fig-y\n```\n"
    assert len(mask_code(text)) == len(text) and "@" not in mask_code(text) and mask_code(text).count("\n") == 4


def test_options_of_a_cell():
    cell = Cell("code", '#| label: fig-x\n#| fig-cap: "a: b"\n#| export\nx #| no: 1', 1)
    assert (cell.option("label"), cell.option("fig-cap"), cell.option("no"), cell.directives) == (
        "fig-x",
        "a: b",
        None,
        {"label", "fig-cap", "export"},
    )


def test_links_to_names_become_relative_and_those_without_documentation_go(sources):
    folder = sources(
        [code("#| export\nclass Layer:\n    def f(self): ...\ndef _own(): ..."), code("#| exports\n@patch\ndef g(self:Layer): ...")]
    )
    chapters = read_book(folder)
    assert documented(chapters["11_one.ipynb"]) == {"layer", "layer.g"}
    fix = lambda t: fix_symbol_links(t, chapters, "https://h.org/b")
    assert fix("[`Layer`](https://h.org/b/one.html#layer)") == "[`Layer`](one.html#layer)"
    assert (
        fix("[`Layer.f`](/one.html#layer.f) and [`Layer.g`](/one.html#layer.g)")
        == "[`Layer.f`](one.html#layer) and [`Layer.g`](one.html#layer.g)"
    )
    assert fix("[`_own`](/one.html#_own)") == "`_own`"
    assert fix("[`x`](https://else.org/one.html#x)") == "[`x`](https://else.org/one.html#x)"


def test_a_plain_word_links_only_where_it_is_meant_and_no_link_stands_in_a_link(sources):
    made = code("#| default_exp digits\n"), code("#| exports\ndef train(): ...\ndef draw_digits(): ...")

    def fix(text, other):
        chapters = read_book(sources(made, [code(other)]))
        one, two = (fix_symbol_links(text, chapters, "", c) for c in chapters.values())
        assert one == text.replace("/one", "one")
        return two

    train, draw = "[`train`](/one.html#train)", "[`draw_digits`](/one.html#draw_digits)"
    assert fix(train, "from bnbook.digits import (\n    train)") == "[`train`](one.html#train)"
    assert fix(train, "from bnbook.train import train") == "`train`"
    assert fix(train.replace("`]", "()`]"), "model.train()") == "`train()`"
    assert fix(draw, "model.train()") == "[`draw_digits`](one.html#draw_digits)"
    assert fix(f"- [x] {draw}", "") == "- [x] [`draw_digits`](one.html#draw_digits)"
    text = f"[see {train} there](two.html)"
    assert fix_symbol_links(text, read_book(sources(made)), "") == "[see `train` there](two.html)"


def test_a_name_of_two_modules_links_only_where_it_is_imported(sources):
    made = code("#| default_exp digits\n"), code("#| exports\ndef draw_digits(): ...")
    again = code("#| default_exp letters\n"), code("#| exports\ndef draw_digits(): ...")
    chapters = read_book(sources(made, again))
    fix = lambda here: fix_symbol_links("[`draw_digits`](/one.html#draw_digits)", chapters, "", here)
    assert [fix(c) for c in chapters.values()] == ["[`draw_digits`](one.html#draw_digits)", "`draw_digits`"]


def test_source_links_go():
    assert drop_source_links('---\n\n[source](/blob/main/a.py#L1){target="_blank" style="float:right"}\n\n### f') == "---\n\n### f"


def test_links_in_a_signature_are_taken_out():
    text = "```python\ndef f(\n    x, # what [`g`](one.html#g) gave\n)\n```\n\nSee [`g`](one.html#g)."
    assert unlink_code(text) == "```python\ndef f(\n    x, # what `g` gave\n)\n```\n\nSee [`g`](one.html#g)."


LOST = [
    (md("# A\n\n> Line.\n\nA paragraph."), 1, "line 5: the cell of the title holds the title and one line"),
    (md("# A\n> Line.\n> Another line."), 1, "line 3: the cell of the title"),
    (md("# A\n\n- toc: false\n- colour: red"), 1, "line 4: front matter `colour`"),
    (md("# A\n\n- an item"), 1, "line 3: the cell of the title"),
    (raw("---\ntitle: A\nauthor: me\n---"), 1, "front matter `author`"),
    (raw("Some text."), 2, "a raw cell may hold front matter only"),
    (md("## Shy -"), 2, "nbdev drops a cell that begins with #"),
    (md("Text.\n\n---\nkey: value\n---\n"), 2, "lines between `---` are read as settings"),
    (md("Text.\n\n[^1]: A note."), 2, "nothing refers to the footnote [^1]"),
    (md("Text.[^1]"), 2, "the footnote [^1] is not written"),
    (code("x = 1\n#| hide"), 2, "line 2: `#| hide` stands below code"),
    (code("x = (1\n     % 2)"), 2, "takes a line that begins with % off the page"),
    (code("%%bash\nls"), 2, "takes a line that begins with % off the page"),
    (code("#| fig-width: 3\nx"), 2, "cell option `fig-width`"),
]


@pytest.mark.parametrize("cell, number, message", LOST, ids=[re.sub(r"\W+", " ", m)[:40] for _, _, m in LOST])
def test_nothing_that_somebody_writes_is_lost_without_a_word(tmp_path, cell, number, message):
    write_nb(tmp_path / "11_a.ipynb", *([] if number == 1 else [md("# A\n\n> Line.")]), cell)
    with pytest.raises(BookError) as e:
        check_book(tmp_path)
    assert f"11_a.ipynb, cell {number}" in str(e.value) and message in str(e.value)


def test_what_is_on_the_page_passes(sources):
    check_book(sources([md("Text.[^1] `[^2]` <!-- a comment -->\n\n---\n\n[^1]: A note."), code("%matplotlib inline\nx = 7 % 2"), raw("---\ntoc: false\n---")]))


def test_notebooks_and_pages_that_only_quarto_would_render_are_refused(sources):
    folder = sources()
    (folder / "more").mkdir()
    write_nb(folder / "more/13_three.ipynb", md("# Three"))
    (folder / "14_four.qmd").write_text("Four")
    with pytest.raises(BookError) as e:
        check_book(folder)
    assert "more/13_three.ipynb: a page of the book is" in str(e.value) and "14_four.qmd: " in str(e.value)
