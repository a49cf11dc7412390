"Predictions that take an answer, and solutions under their exercises."
import re
from urllib.parse import urljoin

import pytest
from .conftest import PAGES, URL, get

CHOICE, NUMBER = ".predict[data-right]", ".predict[data-number]"


def pages_with(pattern: str) -> list[str]: return [p for p in PAGES if re.search(pattern, get(urljoin(URL, p))[1].decode())]


def one_with(pattern: str) -> str: return next(iter(pages_with(pattern)), None) or pytest.skip("no page has one")


def test_each_exercise_has_its_solution_below_it():
    for p in pages_with(r'id="sec-\d+-ex-\d+"'):
        text = get(urljoin(URL, p))[1].decode()
        exercises, solutions = re.findall(r'<section id="sec-(\d+-)ex-(\d+)"', text), re.findall(r'class="solution-home"><a href="solutions\.html#sec-sol-(\d+-)(\d+)"', text)
        assert exercises == solutions, f"{p}: exercises {exercises}, solutions {solutions}"


@pytest.fixture
def visit(browser):
    "A function that opens a page, with or without scripts."
    contexts = []

    def open_page(page: str, script: bool = True):
        contexts.append(browser.new_context(viewport={"width": 1000, "height": 900}, java_script_enabled=script))
        view = contexts[-1].new_page()
        view.goto(urljoin(URL, page))
        return view
    yield open_page
    for c in contexts: c.close()


def test_a_choice_is_judged_and_the_answer_opens(visit):
    view = visit(one_with('data-right="'))
    box = view.locator(CHOICE).first
    right, buttons, answer = int(box.get_attribute("data-right")), box.locator("li > button"), box.locator(".callout-body").first
    assert not answer.is_visible() and buttons.count() > 1
    buttons.nth((right + 1) % buttons.count()).press("Enter")
    assert "Not (" in box.locator("[role=status]").inner_text() and answer.is_visible()
    buttons.nth(right).press("Enter")                       # the first choice counts
    assert "Not (" in box.locator("[role=status]").inner_text() and "right" in buttons.nth(right).get_attribute("class")
    other = view.locator(CHOICE).nth(1)
    other.locator("li > button").nth(int(other.get_attribute("data-right"))).click()
    assert other.locator("[role=status]").inner_text().startswith("Right")


def test_a_number_is_compared_with_what_the_cell_prints(visit):
    view = visit(one_with('data-number="'))
    box = view.locator(NUMBER).first
    number, field, said = box.get_attribute("data-number"), box.locator("input"), box.locator("[role=status]")
    printed = view.locator(".cell-output pre").all_inner_texts()
    assert any(number in text for text in printed), f"no cell prints {number}"
    field.press("Enter")
    assert "Type a number" in said.inner_text() and not box.locator(".callout-body").first.is_visible()
    for guess, words in ((float(number) * 3, "3.0 times too large"), (float(number) * .8, "20% too low"), (float(number), "exactly what you said")):
        field.fill(f"{guess:.12g}")
        field.press("Enter")
        assert words in said.inner_text(), f"{guess}: {said.inner_text()}"
    assert box.locator(".callout-body").first.is_visible()


def test_without_scripts_a_prediction_is_a_question_and_a_fold(visit):
    view = visit(one_with('data-right="'), script=False)
    box = view.locator(CHOICE).first
    assert box.locator("li").first.is_visible() and not box.locator("button, form").count()
    fold = box.locator("details.callout")
    assert not fold.count() or fold.get_attribute("open") is None, "the answer is open"
