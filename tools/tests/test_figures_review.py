"Tests of the review of changed figures, on a tiny git repository."
import base64, io, os, shutil, subprocess
from html.parser import HTMLParser

import matplotlib.image
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.checks import figures_review as review

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")

SOURCE = '#| label: fig-{0}\n#| fig-cap: "The claim: {0}."\n#| fig-alt: "The finding of {0}."\nplot()'


def svg(colour): return {"image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path fill="{colour}" d="M0 0h9v9z"/></svg>'}


def png(marked=0, size=4):
    "A white PNG with some pixels black."
    pixels = np.ones((size, size, 4))
    pixels.reshape(-1, 4)[:marked, :3] = 0
    out = io.BytesIO()
    matplotlib.image.imsave(out, pixels, format="png")
    return {"image/png": base64.b64encode(out.getvalue()).decode()}


def figure(name, *data, source=None):
    "A code cell with pictures."
    return new_code_cell(SOURCE.format(name) if source is None else source, id=name, outputs=[new_output("display_data", data=d) for d in data])


def write(root, name, *cells):
    (root / "nbs").mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Title", id="title"), *cells]), root / "nbs" / name)


def git(root, *args):
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", *args], cwd=root, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path, monkeypatch):
    "A project of one notebook with three figures, committed on main."
    for name in [n for n in os.environ if n.startswith("GIT_")]: monkeypatch.delenv(name)
    monkeypatch.setattr(review, "ROOT", tmp_path)
    git(tmp_path, "init", "-q", "-b", "main")
    write(tmp_path, "11_one.ipynb", figure("bell", svg("blue")), figure("cloud", png()), figure("tail", svg("red")))
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "Begin")
    return tmp_path


def page_of(project): return (project / "build/figures-review/index.html").read_text(encoding="utf-8")


class Reader(HTMLParser):
    "Collects the pictures, headings and addresses of a page."
    def __init__(self, text):
        super().__init__()
        self.images, self.addresses, self.tags = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if tag == "img": self.images.append(attrs)
        self.addresses += [attrs[k] for k in ("src", "href") if k in attrs]


def test_nothing_changed_is_said(project, capsys):
    assert review.main([]) == 0
    out = capsys.readouterr().out
    assert out.startswith("No picture differs from main (") and len(out.splitlines()) == 1
    assert "No picture differs from main" in page_of(project)


def test_a_text_change_is_no_picture_change(project, capsys):
    cells = figure("bell", svg("blue"), source=SOURCE.format("bell") + "\n# more"), figure("cloud", png()), figure("tail", svg("red"))
    write(project, "11_one.ipynb", new_code_cell("1 + 1", id="sum"), *cells)
    assert review.main([]) == 0
    assert "No picture differs" in capsys.readouterr().out


def test_changed_added_and_removed_pictures(project, capsys):
    write(project, "11_one.ipynb", figure("bell", svg("green")), figure("cloud", png(marked=4)))
    write(project, "12_two.ipynb", figure("new", svg("black")))
    assert review.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    size = len(svg("green")["image/svg+xml"])
    assert lines[0] == f"changed  nbs/11_one.ipynb fig-bell: SVG, {size} bytes, was {size - 1} bytes"
    assert lines[1].startswith("changed  nbs/11_one.ipynb fig-cloud: PNG, ") and lines[2].startswith("removed  nbs/11_one.ipynb fig-tail: SVG, ")
    assert lines[3].startswith("added    nbs/12_two.ipynb fig-new: SVG, ")
    assert lines[4].startswith("2 changed, 1 added, 1 removed, compared with main (") and lines[5].endswith("build/figures-review/index.html")
    text = page_of(project)
    for expected in ("The claim: bell.", "The finding of cloud.", "are they still true?", "25.00% of the pixels differ", "There is no picture."):
        assert expected in text
    reader = Reader(text)
    assert len(reader.images) == 2*4 + 1 + 2*2                   # before and after on two grounds, the difference; one side of two
    assert all(i["alt"] for i in reader.images) and [i["class"] for i in reader.images[:2]] == ["light", "dark"]
    assert all(a.startswith(("data:image/", "#")) for a in reader.addresses) and "script" not in reader.tags
    assert '<html lang="en">' in text and reader.tags.count("h1") == 1


def test_a_picture_without_words_is_pointed_out(project):
    write(project, "12_two.ipynb", figure("bare", svg("black"), svg("white"), source="plot()"))
    review.main([])
    text = page_of(project)
    assert "It has no alt text" in text and "cell bare: added" in text and "cell bare, picture 2: added" in text
    assert all(i["alt"] for i in Reader(text).images)


def test_what_a_cell_says_is_escaped(project):
    write(project, "12_two.ipynb", figure("odd", svg("black"), source='#| label: fig-odd\n#| fig-cap: "a <script> & more"\n#| fig-alt: \'say "x"\'\nplot()'))
    review.main([])
    text = page_of(project)
    assert "a &lt;script&gt; &amp; more" in text and "<script" not in text and Reader(text).images[0]["alt"].endswith('say "x"')


def test_pictures_of_other_sizes_have_no_difference(project):
    assert review.difference(base64.b64decode(png()["image/png"]), base64.b64decode(png(size=5)["image/png"])) is None
    share, marked = review.difference(*(base64.b64decode(png(n)["image/png"]) for n in (0, 8)))
    assert share == 0.5 and marked.startswith(b"\x89PNG")
    write(project, "11_one.ipynb", figure("bell", svg("blue")), figure("cloud", png(size=5)), figure("tail", png()))
    review.main([])
    assert "not the same width and height" in page_of(project) and "The file was SVG and is PNG." in page_of(project)


def test_a_branch_is_compared_with_where_it_left_main(project, capsys):
    git(project, "checkout", "-q", "-b", "idea")
    write(project, "11_one.ipynb", figure("bell", svg("green")), figure("cloud", png()), figure("tail", svg("red")))
    git(project, "commit", "-q", "-a", "-m", "Green")
    git(project, "checkout", "-q", "main")
    write(project, "12_two.ipynb", figure("new", svg("black")))
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "Another chapter")
    git(project, "checkout", "-q", "idea")
    assert review.main([]) == 0
    assert "1 changed, compared" in capsys.readouterr().out      # the chapter that main has got since is not missing here
    assert review.main(["main"]) == 0
    assert "1 changed, 1 removed, compared" in capsys.readouterr().out
    assert review.main(["HEAD", "--out", str(project / "here")]) == 0
    assert "No picture differs from HEAD" in capsys.readouterr().out and (project / "here/index.html").is_file()


def test_problems_are_said_in_one_line(project, tmp_path_factory, monkeypatch, capsys):
    def fails(argv, message):
        assert review.main(argv) == 2
        err = capsys.readouterr().err
        assert message in err and len(err.splitlines()) == 1

    fails(["no-such"], "git knows no revision `no-such`")
    git(project, "branch", "-m", "main", "trunk")
    fails([], "git knows no branch `main`")
    (project / "nbs/13_broken.ipynb").write_text("{")
    fails(["trunk"], "nbs/13_broken.ipynb is not a notebook")
    monkeypatch.setattr(review, "ROOT", tmp_path_factory.mktemp("elsewhere"))
    fails([], "is not in a git repository")
    monkeypatch.setattr(review.subprocess, "run", lambda *a, **k: (_ for _ in ()).throw(FileNotFoundError()))
    fails([], "git is not installed")
