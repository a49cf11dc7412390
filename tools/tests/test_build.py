"The commands, on a tiny nbdev project of its own."

import json, os, subprocess, sys, threading, urllib.request
from pathlib import Path

import pytest
from conftest import BIB, FIGURE, SVG, YML, code, md, raw, shows, write_nb

from nbdev.config import get_config

from tools.checks import verify
from tools.build import HERE, build, fingerprint, must_process_all, render
from tools.book.errors import BookError
from tools.pages.finish import finish, number_by_chapter
from tools.pages.readme import stale_readme, write_readme

SETTINGS = """[DEFAULT]
repo = tiny
lib_name = tiny
lib_path = tiny
nbs_path = nbs
doc_path = _docs
user = u
author = a
author_email = e
description = Tiny
title = tiny
branch = main
git_url =
doc_host =
doc_baseurl = /
custom_sidebar = True
tst_flags = slow
version = 0.0.1
min_python = 3.10
license = apache2
copyright = c
keywords = k
language = English
status = 3
audience = a
black_formatting = False
put_version_in_init = True
recursive = True
requirements =
procs = tools.book.xref:CrossReferences
"""


@pytest.fixture
def project(tmp_path):
    "A project with a library of one function, a cover, and two chapters that refer to each other."
    (tmp_path / "settings.ini").write_text(SETTINGS)
    (tmp_path / "_quarto.yml").write_text(YML + "metadata-files: [nbdev.yml]\n")
    nbs, lib = tmp_path / "nbs", tmp_path / "tiny"
    nbs.mkdir(), lib.mkdir()
    (tmp_path / "bnbook").mkdir()  # hides the book's own package, which nbdev would import for its links, and torch with it
    (tmp_path / "bnbook/__init__.py").write_text("")
    (tmp_path / "bnbook/_modidx.py").write_text("d = {'syms': {}, 'settings': {}}")
    (nbs / "_quarto.yml").symlink_to("../_quarto.yml")
    (nbs / "refs.bib").write_text(BIB)
    (lib / "__init__.py").write_text('__version__ = "0.0.1"\n')
    write_nb(
        nbs / "index.ipynb",
        md("# Tiny book\n\n> Its claim."),
        code(FIGURE, shows(image_svg=SVG)),
        md(
            'See [One](11_one.ipynb) and @eq-x.\n\n::: {.callout-note title="Mind"}\nIt is small [@ba2016layer].\n:::\n\n<script>1</script>'
        ),
    )
    write_nb(
        nbs / "11_one.ipynb",
        md("# One\n\n> First."),
        code("#| default_exp core"),
        code('#| export\ndef half(x):\n    "Half of `x`."\n    return x/2'),
        md("See @sec-there and @fig-bell.\n\n$$x$$ {#eq-x}"),
    )
    write_nb(nbs / "12_two.ipynb", md("# Two\n\n> Second."), md("## There {#sec-there}\n\nAs in @eq-x."), code("#| hide\n1"))
    return tmp_path


def cells_of(project, name):
    return json.loads((project / "nbs" / name).read_text())["cells"]


def edit(project, name, k, source):
    f = project / "nbs" / name
    nb = json.loads(f.read_text())
    nb["cells"][k]["source"] = source
    f.write_text(json.dumps(nb))


def test_build_through_nbdev_then_nothing_then_failure(project, capfd, monkeypatch):
    monkeypatch.setenv("PATH", os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if not (Path(p) / "quarto").exists()))
    assert build(project) is True
    said = capfd.readouterr().err
    for line in ("processed [3/3]", "rendered [3/3]", "Built 3 pages", "http.server -d _docs 8000"):
        assert line in said
    one = (project / "_docs/one.html").read_text()
    assert (
        '<a href="two.html#sec-there">There</a> in <a href="two.html">Two</a>' in one
        and 'href="index.html#fig-bell">Figure\u00a01 of Tiny book</a>' in one
    )
    assert (
        'api-doc"><h2' in one.replace("\n", "").replace(' class="anchored"', "")
        and 'id="half"' in one
        and "[source]" not in one
        and ">source<" not in one
        and 'href="notebooks/11_one.ipynb" download' in one
    )
    assert "</span> One</h1>" in one and "<h1" in (project / "_docs/index.html").read_text() and "12 Two" in one    # chapters are numbered
    assert "Equation\u00a011.1" in (project / "_docs/two.html").read_text()
    assert (project / "README.md").read_text().startswith("# Tiny book\n") and "return x/2" in (project / "tiny/core.py").read_text()
    before = (project / "_docs/one.html").stat().st_mtime_ns
    assert build(project) is False and "Nothing has changed" in capfd.readouterr().err
    assert (project / "_docs/one.html").stat().st_mtime_ns == before
    edit(project, "12_two.ipynb", 1, "## There {#sec-there}\n\n[gone](gone.txt)")
    with pytest.raises(BookError, match=r"12_two.ipynb, cell 2: broken link: gone.txt(.|\n)*_docs/ is the previous one"):
        build(project)
    assert (project / "_docs/one.html").stat().st_mtime_ns == before
    edit(project, "12_two.ipynb", 1, "## There {#sec-there}\n\n@fig-none")
    with pytest.raises(BookError, match="12_two.ipynb, cell 2, line 3: @fig-none"):
        build(project)


def test_what_must_be_processed_again(project):
    old = fingerprint(project)
    assert must_process_all({}, old) and not must_process_all(old, old)
    edit(project, "12_two.ipynb", 2, "#| hide\n2")
    new = fingerprint(project)
    assert new != old and not must_process_all(old, new)
    edit(project, "12_two.ipynb", 1, "## Here {#sec-there}")
    assert must_process_all(old, fingerprint(project))
    (project / "nbs/refs.bib").write_text("")
    assert fingerprint(project)["rest"] != old["rest"]


def test_readme_is_fit_for_the_repository(project, monkeypatch):
    monkeypatch.chdir(project)
    get_config.cache_clear()
    write_readme(project)
    text = (project / "README.md").read_text()
    assert (
        text.startswith("# Tiny book\n")
        and "> Its claim." in text
        and "[One](nbs/11_one.ipynb)" in text
        and "**Figure 1:** A claim." in text
    )
    assert "> **Mind**" in text and "Ba 2016" in text
    for site_only in (":::", "<div", "script", "quarto", "Download", "{#", "{."):
        assert site_only not in text
    picture = next(line for line in text.splitlines() if line.startswith("![A finding.](")).split("(")[1].rstrip(")")
    assert (project / picture).read_text() == SVG and not stale_readme(project)
    (project / "nbs/figures/readme/old.svg").write_text("x")
    (project / "README.md").write_text(text + "more")
    assert stale_readme(project) == ["README.md is not what the cover gives", "nbs/figures/readme/old.svg is not used by README.md"]
    write_readme(project)
    assert not stale_readme(project) and not (project / "nbs/figures/readme/old.svg").exists()


def test_commands_report_without_a_traceback(project):
    run = lambda *a: subprocess.run(
        [sys.executable, "-m", "tools", *a],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
    )
    r = run("readme", "--check")
    assert r.returncode == 1 and "README.md is missing" in r.stdout
    edit(project, "12_two.ipynb", 1, "@fig-none")
    r = run("book")
    assert r.returncode == 1 and "@fig-none names no label" in r.stderr and "Traceback" not in r.stderr and not (project / "_docs").exists()


def test_finish_completes_what_another_renderer_wrote(tmp_path):
    out, nbs, cache = tmp_path / "out", tmp_path / "nbs", tmp_path / "cache"
    out.mkdir(), nbs.mkdir()
    from tools.renderer.katex import VERSION

    local = cache / f"katex-{VERSION}"
    local.mkdir(parents=True)
    for f in ("katex.min.css", "katex.min.js"):
        (local / f).write_text("x")
    write_nb(nbs / "a.ipynb", raw("---\ntitle: A\n---"), md("Text of A."))
    (nbs / "_quarto.yml").write_text("website: {title: Tiny, sidebar: {contents: [a.ipynb]}}")
    (out / "a.html").write_text(
        '<link href="https://cdn.jsdelivr.net/npm/katex@latest/dist/katex.min.css" rel="stylesheet"><a href="notebooks/a.ipynb">n</a>'
    )
    finish(nbs, out, nbs, cache)
    assert (
        'href="site_libs/katex/katex.min.css"' in (out / "a.html").read_text()
        and (out / "site_libs/katex/katex.min.js").is_file()
        and (out / "notebooks/a.ipynb").is_file()
        and (out / "a.md").read_text() == "# A\n\nText of A.\n"
    )


@pytest.mark.parametrize(
    "body, message",
    [
        ('<a href="b.html">x</a>', "broken link b.html"),
        ('<a href="#x">x</a>', "anchor"),
        ('<img src="p.png" alt="x">', "missing file p.png"),
        ('<img src="a.html">', "no alt text"),
        ("See ?@fig-x", "unresolved reference ?@f"),
        ("as [@key]", "unresolved reference [@key"),
        ('<script src="//cdn.org/x.js"></script>', "from another host"),
    ],
)
def test_a_site_with_a_fault_is_refused(tmp_path, body, message):
    (tmp_path / "a.html").write_text(f"<body>{body}</body>")
    with pytest.raises(BookError) as e:
        verify.check_site(tmp_path)
    assert "a.html: " in str(e.value) and message in str(e.value)
    (tmp_path / "a.html").write_text("<body id='x'><code>[@key] ?@fig-x</code><a href='#x'>x</a> <a href='https://a.org'>y</a></body>")
    verify.check_site(tmp_path)


def test_preview_serves_pages_that_reload(tmp_path):
    import functools, http.server
    from tools.preview import Handler

    (tmp_path / "index.html").write_text("<body>hi</body>")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    get = lambda path: urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}{path}").read().decode()
    try:
        assert "hi<script>" in get("/") and "</body>" in get("/index.html") and get("/__build") == "0"
    finally:
        server.shutdown()


def test_a_real_quarto_renders_the_processed_notebooks_and_its_pages_are_finished(project, monkeypatch, capfd):
    "A stand-in for Quarto, which leaves pages numbered as Quarto numbers them."
    pages, bin = project / "pages", project / "bin"
    pages.mkdir(), bin.mkdir()
    for name in ("index", "one", "two"):
        (pages / f"{name}.html").write_text('<a href="notebooks/11_one.ipynb">n</a> <a href="one.md">m</a> Figure&nbsp;1')
    quarto = bin / "quarto"
    quarto.write_text(f'#!/bin/sh\n[ "$1" = --version ] || {{ echo "$PWD: $@" > {project}/called; cp -r {pages} _docs; }}\n')
    quarto.chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin}{os.pathsep}{os.environ['PATH']}")
    assert build(project, force=True) and "rendering them with Quarto" in capfd.readouterr().err
    assert (project / "called").read_text() == f"{project}/_proc: render --no-cache\n"
    docs = project / "_docs"
    assert (docs / "notebooks/11_one.ipynb").is_file() and (docs / "one.md").is_file()      # finished, whoever rendered
    assert "Figure&nbsp;11.1" in (docs / "one.html").read_text() and "Figure&nbsp;1" in (docs / "index.html").read_text()
    quarto.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(BookError, match="Quarto could not render the site"):
        render(project / "_proc", docs, project / "build")


def test_the_numbers_of_another_renderer_get_the_chapters_number():
    page = '<figcaption>Figure&nbsp;3: A</figcaption> <a class="quarto-xref">Table&nbsp;<span>2</span></a> Figure\u00a012.1 \\tag{1} Figure 5'
    assert number_by_chapter(page, "14_layer.ipynb") == (
        '<figcaption><span class="float-number">Figure&nbsp;14.3:</span> A</figcaption> <a class="quarto-xref">Table&nbsp;<span>14.2</span></a> Figure\u00a012.1 \\tag{14.1} Figure 5')


def test_a_processed_page_has_what_either_renderer_needs(project, monkeypatch):
    from execnb.nbio import read_nb
    from nbdev.processors import FilterDefaults

    nbs, printed = project / "nbs", lambda text: {"output_type": "stream", "name": "stdout", "text": text}
    write_nb(nbs / "91_notation.ipynb", md("# Terms"), md("[**Batch**]{#term-batch}: the examples. A batch.\n\n## Recap\n\n- So ([one](#term-batch))."))
    write_nb(nbs / "97_claims.ipynb", md("# Claims"), md("::: {#every-claim}\n:::"))
    write_nb(
        nbs / "12_two.ipynb",
        md("# Two\n\n> Second."),
        md("A batch, and a batch.\n\n## There {#sec-there}"),
        code("table()", shows(text_html="<table><tr><td>1</td></tr></table>"), printed("a\n"), printed("b\n")),
        code("#| echo: false\nlisting()", shows(text_markdown="## Listed\n\nAs in @eq-x.")),
        md("## Recap\n\n- It is there (@sec-there)."),
    )
    monkeypatch.chdir(project)
    get_config.cache_clear()

    def processed(name):
        nb = read_nb(nbs / name)
        FilterDefaults()(nb)
        return [c for c in nb.cells if c.source]

    front, tools, _, prose, table, listing, recap = processed("12_two.ipynb")
    assert 'title: "12 Two"' in front.source and "1 min of reading, 1 line of code" in tools.source and tools.source.count("data-noresolveinput") == 2
    assert 'href="notebooks/12_two.ipynb" download' in tools.source and 'href="two.md"' in tools.source
    assert prose.source.startswith('A [batch](91_notation.ipynb#term-batch){.term title="the examples. A batch."}, and a batch.')
    assert "text/html" not in table.outputs[0].data and "```{=html}\n<table>" in "".join(table.outputs[0].data["text/markdown"])
    assert [o.get("text") for o in table.outputs] == [None, "a\nb\n"]
    assert (listing.cell_type, table.id) == ("markdown", "cell-c2")
    assert listing.source.startswith("## Listed") and "[Equation\u00a011.1](11_one.ipynb#eq-x)" in listing.source
    terms = processed("91_notation.ipynb")
    assert not any("{.term" in c.source for c in terms)
    claims = processed("97_claims.ipynb")[-1].source
    assert "[C12.1]{#claim-12-1 .claim-number} It is there ([There](12_two.ipynb#sec-there))." in claims and "[C91.1]" in claims
    assert "{.term" not in "".join(c.source for c in processed("index.ipynb"))
