"What every page gets besides its text: its claims, links to the glossary, its length, and a twin in Markdown."

import json

import pytest
from conftest import FIGURE, SVG, code, md, raw, shows, write_nb

from tools.book import claims, glossary, pace
from tools.book.chapters import book_labels, check_book, read_book, recap
from tools.book.errors import BookError
from tools.pages.twins import write_twins

RECAP = md("## Recap {#sec-recap}\n\n- The bell\n  is a bell (@fig-bell).\n- It has [a middle](#sec-middle).\n\n## Exercises\n\n- no claim")
ONE = (md("## The middle {#sec-middle}"), code(FIGURE, shows(image_svg=SVG)), RECAP)
GLOSSARY = md(
    "## Glossary\n\n"
    '[**Batch**]{#term-batch data-forms="batch, batches"} (also minibatch): the examples, $n$ of them, *together*. [11](11_one.ipynb)\n\n'
    "[**Running mean**]{#term-running-mean}: a mean\nthat moves [@ba2016layer]."
)


def test_claims_are_the_items_of_the_recap(sources):
    book = read_book(sources(ONE))
    assert recap(book["11_one.ipynb"]) == ["The bell is a bell (@fig-bell).", "It has [a middle](#sec-middle)."]
    assert recap(book["12_two.ipynb"]) == [] and claims.box(book["12_two.ipynb"]) == ""
    box = claims.box(book["11_one.ipynb"], "97_claims.ipynb")
    assert box.count("\n- ") == 2 and 'title="What this chapter claims"' in box and "(97_claims.ipynb)" in box


def test_all_claims_lead_into_their_chapters(sources):
    book = read_book(sources(ONE))
    text = claims.every_claim(book, book_labels(book))
    assert "## 11 [One](11_one.ipynb) {#claims-11}" in text and "12" not in text
    assert "[C11.1]{#claim-11-1 .claim-number} The bell is a bell ([Figure\u00a01](11_one.ipynb#fig-bell))." in text
    assert "[C11.2]{#claim-11-2 .claim-number} It has [a middle](11_one.ipynb#sec-middle)." in text


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


def test_the_length_of_a_page(sources):
    folder = sources(
        [
            md("word " * 300 + "`code is not read` [a link](with/a/long/address) $x$"),
            code("#| label: x\n\na = 1\nb = 2"),
            code("#| code-fold: true\nc = 3"),
            code("#| hide\nd = 4"),
            code("#| export\ndef f(): pass"),
        ]
    )
    chapter = read_book(folder)["11_one.ipynb"]
    assert pace.reading_minutes(chapter) == 2 and pace.code_lines(chapter) == 2
    assert pace.line(chapter, None) == "2 min of reading, 2 lines of code"
    assert pace.line(chapter, 7) == "2 min of reading, 2 lines of code that run in 7 s"


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
    assert "**Figure 1:** A claim." in one.replace("&nbsp;", " ") and "<table>" in one and "Layer Normalization" in one
    assert not any(gone in one for gone in ("tools", "<script", "<div", "<figure", ".callout"))
    assert (out / "one_files/cell-3-output-1.svg").read_text() == SVG and "Layer Normalization" in (out / "two.md").read_text()
    assert (out / "llms.txt").read_text() == (
        "# Tiny\n\n> A book.\n\n## Part 1\n\n- [One](https://a.org/b/one.md): Its line.\n\n- [Two](https://a.org/b/two.md)\n"
    )
