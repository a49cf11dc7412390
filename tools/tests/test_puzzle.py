"The puzzles: what is blanked, and that the chapter's own judge tells a right answer from none."
import nbformat
import pytest
from conftest import code, md, write_nb
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tools.book.dialect import check_book
from tools.book.errors import BookError
from tools.pages.puzzle import blank, write_puzzles

DEFINED = '#| puzzle\nclass Norm:\n    "A layer."\n    def __init__(self, dim): self.dim = dim\n\n    def __call__(self, x):\n        "Centre `x`."\n        mean = sum(x) / len(x)\n        return [v - mean for v in x]'
BLANKED = '#| puzzle\nclass Norm:\n    "A layer."\n    def __init__(self, dim):\n        raise NotImplementedError  # your line here\n\n    def __call__(self, x):\n        "Centre `x`."\n        raise NotImplementedError  # your lines here'


@pytest.mark.parametrize("source, wanted", [
    (DEFINED, BLANKED),
    ("def f(x): return x", "def f(x):\n    raise NotImplementedError  # your line here"),
    ("x = 1\n@wrap\ndef f(\n    x,  # a number\n):\n    @inner\n    def g(): return 1\n    return g\ny = 2", "x = 1\n@wrap\ndef f(\n    x,  # a number\n):\n    raise NotImplementedError  # your lines here\ny = 2"),
    ('def f():\n    "Only told."', 'def f():\n    "Only told."'),
])
def test_bodies_are_taken_out_and_the_rest_stays(source, wanted): assert blank(source) == wanted


def test_a_puzzle_is_judged_by_the_chapters_own_cell(tmp_path):
    nbs, out = tmp_path / "nbs", tmp_path / "out"
    nbs.mkdir(), out.mkdir()
    write_nb(nbs / "11_one.ipynb", md("# One\n\n> Line."), code(DEFINED), code("assert Norm(2)([1, 3]) == [-1, 1]"))
    write_nb(nbs / "12_two.ipynb", md("# Two\n\n> Line."), code("x = 1"))
    check_book(nbs)
    write_puzzles(nbs, out)
    assert [f.name for f in (out / "puzzles").iterdir()] == ["11_one.ipynb"]
    nb = nbformat.read(out / "puzzles/11_one.ipynb", as_version=4)
    nbformat.validate(nb)
    run = lambda: NotebookClient(nb, timeout=60, kernel_name="python3").execute()
    with pytest.raises(CellExecutionError, match="NotImplementedError"): run()
    at = next(k for k, c in enumerate(nb.cells) if c.source == BLANKED)
    nb.cells[at].source = DEFINED
    run()


@pytest.mark.parametrize("cells, message", [
    ([code("#| puzzle\nx = 1"), code("assert x")], "a puzzle blanks functions, and this cell defines none"),
    ([code("#| puzzle\ndef f(): return 1"), code("f()")], "the next code cell must judge it"),
    ([code("#| puzzle\ndef f(): return 1")], "the next code cell must judge it"),
])
def test_a_puzzle_without_a_judge_is_refused(sources, cells, message):
    with pytest.raises(BookError, match=f"11_one.ipynb, cell 2: {message}"):
        check_book(sources(cells))
