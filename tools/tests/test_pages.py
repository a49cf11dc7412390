"What every page gets besides its text: its claims, links to the glossary, its length, and a twin in Markdown."

import json

import pytest
from conftest import FIGURE, SVG, code, md, raw, shows, write_nb

from tools.book import claims, glossary, pace
from tools.book.chapters import Cell, read_book
from tools.book.claims import recap
from tools.book.dialect import check_book
from tools.book.errors import BookError
from tools.book.labels import book_labels
from tools.pages import finish
from tools.pages.twins import write_twins

RECAP = md("## Recap {#sec-recap}\n\n- The bell\n  is a bell (@fig-bell).\n- It has [a middle](#sec-middle).\n\n## Exercises\n\n- no claim")
ONE = (md("## The middle {#sec-middle}"), code(FIGURE, shows(image_svg=SVG)), code("assert 1 < 2"), RECAP)
GLOSSARY = md(
    "## Glossary\n\n"
    '[**Batch**]{#term-batch data-forms="batch, batches"} (also minibatch): the examples, $n$ of them, *together*. [11](11_one.ipynb)\n\n'
    "[**Running mean**]{#term-running-mean}: a mean\nthat moves [@ba2016layer]."
)


def test_claims_are_the_items_of_the_recap(sources):
    book = read_book(sources(ONE))
    assert recap(book["11_one.ipynb"]) == ["The bell is a bell (@fig-bell).", "It has [a middle](#sec-middle)."]
    assert recap(book["12_two.ipynb"]) == []


def test_a_paragraph_after_the_items_is_no_claim_and_other_items_are_refused(sources):
    book = read_book(sources([md("## Recap\n\n- It is ([so](#x)).\n\nAnd more.")], [md("## Recap\n\n1. It is ([so](#x)).")]))
    assert recap(book["11_one.ipynb"]) == ["It is ([so](#x))."]
    with pytest.raises(BookError, match=r"12_two.ipynb, cell 2, line 3: a recap is a list of claims that begin with `- `; this is none: 1. It is"):
        recap(book["12_two.ipynb"])


def test_all_claims_lead_into_their_chapters_and_show_what_asserts_them(sources):
    book = read_book(sources(ONE))
    text = claims.every_claim(book, book_labels(book))
    assert "## 11 [One](11_one.ipynb) {#claims-11}" in text and "## 12" not in text
    assert "[C11.1]{#claim-11-1 .claim-number} The bell is a bell ([Figure\u00a011.1](11_one.ipynb#fig-bell))." in text
    assert "[C11.2]{#claim-11-2 .claim-number} It has [a middle](11_one.ipynb#sec-middle)." in text
    assert text.count("```{.python .claim-code}\nassert 1 < 2\n```") == 2


ASSERTING = {
    "assert x == 1, 'no'": ["assert x == 1, 'no'"],
    "def f():\n    torch.testing.assert_close(\n        a, b)": ["torch.testing.assert_close("],
    "test_fail(lambda: 1)\nprint(1)": ["test_fail(lambda: 1)"],
    "with ExceptionExpected(ValueError): f()": ["with ExceptionExpected(ValueError): f()"],
    "x = 1": [],
    "#| eval: false\nassert 0": [],
}


@pytest.mark.parametrize("source", ASSERTING)
def test_what_counts_as_an_assertion(source):
    assert claims.assertions(Cell("code", source, 1)) == ASSERTING[source]


def test_the_section_of_a_thing_ends_at_the_next_heading_of_its_level(sources):
    book = read_book(sources([md("## A {#sec-a}\n\n### Inner"), code("assert 1"), md("## B {#sec-b}\n\n$$x$$ {#eq-b}"), code("assert 2"), code("assert 3"),
                              md('## C\n\n<div id="drawn"></div>'), code("assert 4")]))
    there = lambda name: [c.source for c in claims.section(book["11_one.ipynb"], name) or []]
    assert [there(n) for n in ("sec-a", "sec-b", "eq-b", "drawn", "none")] == [["assert 1"], ["assert 2", "assert 3"], ["assert 2", "assert 3"], ["assert 4"], []]


def test_a_claim_that_nothing_asserts_is_refused_unless_it_is_a_papers(sources):
    recap_of = lambda text: [md("## Here {#sec-here}"), code("x = 1"), md(f"## Recap\n\n- {text} ([here](#sec-here)).")]
    with pytest.raises(BookError, match="11_one.ipynb: no cell of what it links to asserts this claim: It is so"):
        check_book(sources(recap_of("It is so")))
    folder = sources(recap_of("They say it is so [@ba2016layer, table 1]"))
    check_book(folder)
    book = read_book(folder)
    assert "[The paper's claim.]{.claim-of-paper}" in claims.every_claim(book, book_labels(book))


def test_an_assertion_that_tests_leave_out_is_marked(sources):
    book = read_book(sources([md("## Long {#sec-long}"), code("#| slow\nassert 1"), md("## Recap\n\n- So ([it is](#sec-long)).")]))
    assert "assert 1    # runs on request" in claims.every_claim(book, book_labels(book))


def test_a_claim_that_nothing_shows_is_refused(sources):
    with pytest.raises(BookError, match=r"11_one.ipynb, cell 2, line 3: this claim of the recap has no link.*It is so"):
        check_book(sources([md("## Recap\n\n- It is so, [see](https://a.org).")]))


def test_terms_have_forms_and_a_meaning(sources):
    terms = glossary.read_terms(read_book(sources([GLOSSARY]))["11_one.ipynb"])
    assert terms["batches"] is terms["batch"] and terms["batch"].meaning == "the examples, n of them, together."
    assert set(terms) == {"batch", "batches", "running mean"} and terms["running mean"].meaning == "a mean that moves."


def test_terms_are_linked_at_their_first_use_in_running_text(sources):
    terms, done = glossary.read_terms(read_book(sources([GLOSSARY]))["11_one.ipynb"]), set()
    untouched = (
        "## A batch\n\n[batch](x.html), `batch`, $batch$, <b title='batch'>, {.batch}, batch-mates, @batch\n\n| batch |\n\n"
        '::: {.callout-note title="batch"}\n:::'
    )
    assert glossary.link_terms(untouched, terms, "g.ipynb", done) == untouched and not done
    text = glossary.link_terms("Batches, a batch, the running\nmean.", terms, "g.ipynb", done)
    assert text == (
        '[Batches](g.ipynb#term-batch){.term title="the examples, n of them, together."}, a batch, the '
        '[running\nmean](g.ipynb#term-running-mean){.term title="a mean that moves."}.'
    )
    assert glossary.link_terms("a batch again", terms, "g.ipynb", done) == "a batch again"


def test_the_length_of_a_page_counts_prose_code_and_what_code_made():
    prose = md("word " * 300 + "`code is not read` [a link](with/a/long/address) $x$")
    cells = [prose, code("#| label: x\n\na = 1\nb = 2"), code("#| code-fold: true\nc = 3"), code("#| echo: false\nd = 4", shows(text_markdown="made " * 200))]
    assert pace.line([prose]) == "2 min of reading"
    assert pace.line(cells[:3]) == "2 min of reading, 2 lines of code"
    assert pace.line(cells, 7) == "3 min of reading, 2 lines of code that run in 7\u00a0s"
    assert pace.line([code("x = 1\n" * 836)]) == f"{-(-836 * pace.LINE // pace.WORDS)} min of reading, 836 lines of code"
    assert pace.line([prose], more=700) == "5 min of reading"


def test_run_times_come_from_the_stored_table(sources):
    folder = sources()
    assert pace.run_seconds(folder) == {}
    table = "| chapter | seconds |\n|---|---|\n| [One](11_one.ipynb) | 12 |\n| [Two](12_two.ipynb) | 3 |"
    write_nb(folder / "93_x.ipynb", md("# X"), code(f"#| label: {pace.TIMES}\nmeasure()", shows(text_markdown=table)))
    assert pace.run_seconds(folder) == {"11_one.ipynb": 12, "12_two.ipynb": 3}


def test_twins_hold_text_code_figures_and_tables(tmp_path):
    cells = (
        raw("---\ntitle: One\ndescription: Its line.\n---"),
        md('<p class="page-tools">tools</p>'),
        md(
            'See [two](12_two.ipynb#x) and a [term](12_two.ipynb#term-x){.term title="t"}, [@ba2016layer].\n\n'
            '```{=html}\n<figure><img src="f.svg" alt="A still."><figcaption><b>Drag</b> it.</figcaption></figure><script>1</script>\n```\n\n'
            '::: {.callout-tip collapse="true" title="Hint"}\nThink.\n:::'
        ),
        code(FIGURE, shows(image_svg=SVG)),
        code("table()", shows(text_html="<table><tr><td>a<br>b</td></tr></table>")),
    )
    write_nb(tmp_path / "11_one.ipynb", *cells)
    write_nb(tmp_path / "12_two.ipynb", raw("---\ntitle: Two\nnocite: '@*'\n---"))
    (tmp_path / "refs.bib").write_text("@article{ba2016layer,\n title={Layer Normalization}, author={Ba, Jimmy}, year={2016}\n}\n")
    (tmp_path / "_quarto.yml").write_text(
        json.dumps(
            {
                "website": {
                    "title": "Tiny",
                    "description": "A book.",
                    "site-url": "https://a.org/b",
                    "sidebar": {"contents": [{"section": "Part 1", "contents": ["11_one.ipynb"]}, "12_two.ipynb"]},
                },
                "bibliography": "refs.bib",
            }
        )
    )
    out = tmp_path / "out"
    out.mkdir()
    write_twins(tmp_path, out)
    one = (out / "one.md").read_text()
    assert one.startswith("# One\n\n> Its line.\n\nSee [two](two.md) and a term, (Ba 2016).\n\n![A still.](f.svg)\n\n**Drag** it.\n")
    assert "> **Hint**\n>\n> Think." in one and "``` python\nplot()" in one and "![A finding.](one_files/cell-3-output-1.svg)" in one
    assert "**Figure 11.1:** A claim." in one.replace("&nbsp;", " ") and "<table>" in one and "Layer Normalization" in one
    assert not any(gone in one for gone in ("tools", "<script", "<div", "<figure", ".callout"))
    assert (out / "one_files/cell-3-output-1.svg").read_text() == SVG and "Layer Normalization" in (out / "two.md").read_text()
    assert (out / "llms.txt").read_text() == (
        "# Tiny\n\n> A book.\n\n## Part 1\n\n- [One](https://a.org/b/one.md): Its line.\n\n- [Two](https://a.org/b/two.md)\n"
    )


def test_lines_of_code_lose_their_empty_links():
    line = '<span id="cb1-2"><a href="#cb1-2" aria-hidden="true" tabindex="-1"></a>x</span>'
    assert finish.with_lighter_code(line + '<a href="#sec-1">1</a>') == '<span>x</span><a href="#sec-1">1</a>'
    code = '<span class="dv">1</span> <span class="op">+</span> <span class="bu">max</span>'
    assert finish.with_lighter_code(code) == '<span class="dv">1</span> + max'
