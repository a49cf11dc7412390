"Tests of the commands behind `make test`, `make fresh` and `make outputs`."
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools.checks import code, exports, notebooks, suite


def notebook(tmp_path, *cells):
    "A notebook with these code cells, as a file."
    nb = new_notebook(cells=[new_code_cell(c, id=f"c{i}") for i, c in enumerate(cells)])
    path = tmp_path / "sample.ipynb"
    nbformat.write(nb, path)
    return path


def edit(path, cell, **changes):
    "Change fields of one cell of a notebook file."
    nb = nbformat.read(path, as_version=4)
    nb.cells[cell].update(changes)
    nbformat.write(nb, path)


def test_write_then_check_passes_and_an_edit_fails(tmp_path, capsys):
    path = notebook(tmp_path, "print(1 + 1)", "import sys\nprint('no' + 'ise', file=sys.stderr)\n'shown'", "object()")
    assert notebooks.main(["check", str(path)]) == 1                       # nothing is stored yet
    assert "stored nothing, its code gives ['text']" in capsys.readouterr().out
    assert notebooks.main(["write", str(path)]) == 0
    assert "noise" not in path.read_text() and " at 0x" not in path.read_text() and '"execution_count": null' in path.read_text()
    before = path.read_bytes()
    assert notebooks.main(["check", str(path)]) == 0
    assert path.read_bytes() == before                                     # checking writes nothing
    edit(path, 0, source="print(1 + 2)")
    capsys.readouterr()
    assert notebooks.main(["check", str(path)]) == 1
    out = capsys.readouterr().out
    assert "cell 0 (c0): text differs" in out and "-2" in out and "+3" in out and out.strip().endswith("make outputs NB=nbs/NAME.ipynb")


def test_a_missing_figure_is_noticed(tmp_path, capsys):
    figure = "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])"
    path = notebook(tmp_path, "%matplotlib inline", figure)
    assert notebooks.main(["write", str(path)]) == 0
    assert notebooks.main(["check", str(path)]) == 0
    edit(path, 1, outputs=[])
    capsys.readouterr()
    assert notebooks.main(["check", str(path)]) == 1
    assert "stored nothing, its code gives ['figure'" in capsys.readouterr().out


def test_slow_volatile_and_unevaluated_cells(tmp_path):
    path = notebook(tmp_path, "#| volatile\nimport time; print(time.perf_counter())", "#| slow\nprint('long')", "#| eval: false\n1/0")
    assert notebooks.main(["write", str(path)]) == 0
    assert "long" not in notebooks.text_of(nbformat.read(path, 4).cells[1].outputs)
    assert notebooks.main(["write", "--slow", str(path)]) == 0
    assert notebooks.text_of(nbformat.read(path, 4).cells[1].outputs) == "long\n"
    assert notebooks.main(["write", str(path)]) == 0                       # keeps what the slow run stored
    assert notebooks.text_of(nbformat.read(path, 4).cells[1].outputs) == "long\n"
    assert notebooks.main(["check", str(path)]) == 0                       # the time differs, and may
    edit(path, 0, outputs=[])
    assert notebooks.main(["check", str(path)]) == 1                       # but it must be there


def test_an_error_is_reported_and_nothing_is_written(tmp_path, capsys):
    path = notebook(tmp_path, "1/0")
    before = path.read_bytes()
    assert notebooks.main(["write", str(path)]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out and path.read_bytes() == before


def test_a_missing_notebook_is_named(capsys):
    with pytest.raises(SystemExit): notebooks.main(["check", "nbs/no_such.ipynb"])
    assert "no such notebook: nbs/no_such.ipynb" in capsys.readouterr().err


def test_failed_notebooks_are_read_from_nbdev_test():
    output = "Success so far\nnbdev Tests Failed On The Following Notebooks:\n=====\n\t12_normalize.ipynb\n\t14_layer.ipynb\n"
    assert suite.failed_notebooks(output) == ["12_normalize.ipynb", "14_layer.ipynb"]
    assert suite.failed_notebooks("Traceback: boom") == []


def test_unseen_notebooks_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "ROOT", tmp_path)
    (tmp_path / "nbs/quiet").mkdir(parents=True)
    for name in ("11_a.ipynb", "_draft.ipynb", "quiet/12_b.ipynb"): nbformat.write(new_notebook(), tmp_path / "nbs" / name)
    (tmp_path / "nbs/quiet/.notest").touch()
    nbformat.write(new_notebook(cells=[nbformat.v4.new_raw_cell("---\nskip_exec: true\n---")]), tmp_path / "nbs/13_c.ipynb")
    found = "\n".join(exports.unseen())
    assert "_draft.ipynb: nbdev_test skips it" in found and ".notest" in found and "13_c.ipynb: skip_exec" in found and "11_a" not in found


def test_a_stale_export_is_found(monkeypatch, tmp_path):
    "Runs the real export of the project on a copy, with one generated file changed and one left over."
    import shutil
    for d in ("nbs", "bnbook"): shutil.copytree(exports.ROOT / d, tmp_path / d, ignore=shutil.ignore_patterns("__pycache__", ".*", "_quarto.yml"))
    for f in ("settings.ini", "setup.py", "pyproject.toml"): shutil.copy(exports.ROOT / f, tmp_path)
    (tmp_path / "bnbook/functional.py").write_text("# edited by hand\n")
    (tmp_path / "bnbook/left_over.py").write_text("x = 1\n")
    monkeypatch.setattr(exports, "ROOT", tmp_path)
    found = "\n".join(exports.stale_exports())
    assert "bnbook/functional.py: differs" in found and "bnbook/left_over.py: no notebook exports it" in found and "lecture.py" not in found


def test_faults_of_the_exported_code_are_found(tmp_path):
    "A package with a line too long, a module too long, code that no page shows, and a wrong type."
    (tmp_path / "nbs").mkdir()
    (tmp_path / "bnbook").mkdir()
    cells = [nbformat.v4.new_markdown_cell("# A"), new_code_cell("#| export\ndef hidden(): pass"), new_code_cell("#| exports\ndef shown(): pass"),
             new_code_cell("#| exports\nx = '" + "a" * 90 + "'"), new_code_cell("y = '" + "a" * 90 + "'")]
    nbformat.write(new_notebook(cells=cells), tmp_path / "nbs/11_a.ipynb")
    (tmp_path / "bnbook/__init__.py").write_text("x: int = 'one'\n")
    (tmp_path / "bnbook/long.py").write_text("x = 1\n" * 351)
    (tmp_path / "bnbook/wide.py").write_text(f'"""{"w" * 90}"""')
    assert code.wide_lines(tmp_path) == ["nbs/11_a.ipynb: cell 4, line 2 has 96 characters, at most 88",
                                         "bnbook/wide.py: its docstring has 96 characters, at most 88"]
    assert code.long_modules(tmp_path) == ["bnbook/long.py: 351 lines, at most 350"]
    assert [p.partition(":")[0] + p.partition("`")[2][:6] for p in code.hidden_code(tmp_path)] == ["nbs/11_a.ipynbhidden"]
    assert any(p.startswith("bnbook/__init__.py:1: error: Incompatible types") for p in code.type_errors(tmp_path))


def test_where_quarto_cannot_be_downloaded_one_line_says_so(monkeypatch, capsys):
    import urllib.request
    from tools.__main__ import main

    def unreachable(*args, **more): raise OSError("no way there")
    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    assert main(["quarto"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and "cannot be downloaded" in said[0] and "own renderer" in said[0]


def test_the_settings_of_the_site_are_written_once():
    assert (code.ROOT / "nbs/_quarto.yml").read_text() == (code.ROOT / "_quarto.yml").read_text()     # the first is a link to the second
