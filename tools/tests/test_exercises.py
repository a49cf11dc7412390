"Exercises with their solutions, and predictions that take an answer."
import pytest
from conftest import md, write_nb

from tools.book import exercises, predict
from tools.book.chapters import read_book
from tools.book.errors import BookError
from tools.book.labels import book_labels
from tools.pages.solutions import fold_solutions, section

EXERCISE = md("## Exercises\n\n### 11.1 Try it {#sec-11-ex-1}\n\nWhat of @fig-a, and of [this](#sec-here)?\n\n"
              "::: {.callout-note collapse=\"true\" title=\"Hint\"}\nThink.\n:::\n\n[Solution](92_solutions.ipynb#sec-sol-11-1)")
HERE = md("## Here {#sec-here}\n\n![](a.svg){#fig-a}")
BOX = '::: {{.callout-tip collapse="true" title="Predict: how much?"}}\n{}\n:::'


def test_a_solution_repeats_its_question(sources):
    book = read_book(sources([HERE, EXERCISE]))
    text = exercises.with_question("### 11.1 Old title {#sec-sol-11-1}\n\nSo.", book, book_labels(book))
    assert text.startswith("### 11.1 Try it {#sec-sol-11-1}\n\n> What of [Figure\u00a011.1](11_one.ipynb#fig-a), and of [this](11_one.ipynb#sec-here)?")
    assert "> [The exercise](11_one.ipynb#sec-11-ex-1)\n\nSo." in text and "Think" not in text
    with pytest.raises(BookError, match="there is no exercise 11.2"): exercises.with_question("### 11.2 X {#sec-sol-11-2}", book, book_labels(book))


SOLUTIONS = """<main><section id="sec-sol-11-1" class="level3"><h3>11.1 Try it</h3><blockquote class="q"><p>What?</p></blockquote>
<p>See <a href="#fig-s">1</a>, <a href="#ref-x">X</a>.</p><div id="fig-s" aria-describedby="fig-s-cap"><img src="s.svg"><i id="fig-s-cap"></i></div>
<section id="more"><h4>More</h4></section></section><p id="ref-x">X</p></main>"""


@pytest.mark.parametrize("link", ['<p><a href="solutions.html#sec-sol-11-1">Solution</a></p>', '<p><a href="./solutions.html#sec-sol-11-1" class="q">Solution</a></p>'])
def test_solutions_fold_under_their_exercises(tmp_path, link):
    (tmp_path / "solutions.html").write_text(SOLUTIONS)
    (tmp_path / "one.html").write_text(f"<main><h3>11.1 Try it</h3>{link}</main>")
    fold_solutions(tmp_path)
    text = (tmp_path / "one.html").read_text()
    assert '<details class="callout' in text and "What?" not in text and text.count("<h3") == 1
    for wanted in ('href="#here-fig-s"', 'id="here-fig-s"', 'aria-describedby="here-fig-s-cap"', 'href="solutions.html#ref-x"', '<img loading="lazy" src="s.svg">',
                   '<section id="here-more">', 'href="solutions.html#sec-sol-11-1">On the page'): assert wanted in text, wanted
    assert (tmp_path / "solutions.html").read_text() == SOLUTIONS
    assert section(SOLUTIONS, "no") is None
    (tmp_path / "one.html").write_text(link.replace("sol-11-1", "sol-11-9"))
    with pytest.raises(BookError, match="no section sec-sol-11-9"): fold_solutions(tmp_path)


def test_choices_stand_above_an_answer_that_folds():
    text = predict.boxes(BOX.format("Think.\n\n- [ ] much\n- [x] little\n\nSo it is (b)."), [], "here")
    assert text.startswith(':::: {.predict data-right="1"}\n[Predict]{.predict-kind} How much?\n\nThink.\n\n- \\(a) much\n- \\(b) little\n\n::: {.callout-tip')
    assert text.endswith('title="Answer"}\nSo it is (b).\n:::\n::::')
    assert predict.boxes(BOX.format("No choices."), [], "here") == BOX.format("No choices.")


def test_a_number_is_the_one_that_a_cell_below_prints():
    box = BOX.format("- [x] after …\n\nSo.")
    assert 'data-number="1234.5" data-unit="%"' in predict.boxes(box, ["nothing", "before 1, after 1,234.5% of it"], "here")
    with pytest.raises(BookError, match="no cell below prints “after …”"): predict.boxes(box, ["afterwards 3"], "here")


@pytest.mark.parametrize("body, message", [("- [ ] a\n- [ ] b\n\nSo.", "mark one choice"), ("- [x] a\n- [x] b\n\nSo.", "mark one choice"), ("- [ ] a\n- [x] b", "says nothing below")])
def test_a_prediction_without_a_right_choice_or_an_answer_is_refused(body, message):
    with pytest.raises(BookError, match=message): predict.boxes(BOX.format(body), [], "here")


def test_what_a_cell_printed():
    cell = {"outputs": [{"output_type": "stream", "text": ["a\n", "b"]}, {"output_type": "execute_result", "data": {"text/plain": "c"}}]}
    assert predict.printed(cell) == "a\nb\nc"
