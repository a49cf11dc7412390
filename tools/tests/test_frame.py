"What surrounds a page, and what the search finds, whoever rendered it."
import re, subprocess
from dataclasses import replace
from datetime import date

import pytest
import yaml
from conftest import md, raw, write_nb

from tools.book.project import find_project
from tools.book.xref import repository_links
from tools.checks.site import ROOT
from tools.pages import frame, search
from tools.renderer.config import read_config
from tools.renderer.pandoc import parse

PAGE = '<html><head><title>A &amp; B</title><meta name="description" content="Its line."></head><body><main>x</main></body></html>'


@pytest.fixture
def site(tmp_path):
    "A function that completes a site of two pages for an address, and gives its folder."
    nbs, out = tmp_path / "nbs", tmp_path / "out"
    nbs.mkdir(), out.mkdir()
    (nbs / "_quarto.yml").write_text("website: {title: Tiny}")
    for name in ("CITATION.cff", "LICENSE"): (tmp_path / name).write_text((ROOT / name).read_text())

    def make(url=""):
        for name in ("index", "one"): (out / f"{name}.html").write_text(PAGE)
        frame.frame(out, nbs, replace(read_config(nbs), url=url))
        return out
    return make


def test_the_foot_says_version_licence_and_how_to_cite(site):
    page = (site() / "one.html").read_text()
    about = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert f"Version {about['version']}, {date.today().day} " in page and 'href="license.txt">Apache License 2.0' in page and "@software{" in page
    assert page.endswith("</footer>\n</body></html>") and (site() / "license.txt").is_file()
    for name in re.findall(r'(?:src|href)="(site_libs/[^"]+)"', page): assert (site() / name).is_file()


def test_what_is_cited_is_what_is_installed():
    about, ini = yaml.safe_load((ROOT / "CITATION.cff").read_text()), (ROOT / "settings.ini").read_text()
    assert re.search(rf"^version = {re.escape(about['version'])}$", ini, re.M) and find_project(ROOT).root == ROOT


def test_the_day_is_that_of_the_last_commit(tmp_path):
    assert frame.last_change(tmp_path) == date.today()
    git = lambda *a: subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@a", *a], cwd=tmp_path, check=True, capture_output=True)
    git("init"), git("commit", "--allow-empty", "-m", "x", "--date", "2020-01-02T00:00:00")
    assert frame.last_change(tmp_path) == date.today()      # when it was committed, not written


def test_addresses_are_told_once_there_is_one(site):
    out = site()
    assert "canonical" not in (out / "one.html").read_text() and not (out / "sitemap.xml").exists() and '<base href="/">' in (out / "404.html").read_text()
    out = site("https://a.org/book/")
    one, index = ((out / f"{n}.html").read_text() for n in ("one", "index"))
    assert '<link rel="canonical" href="https://a.org/book/one.html">' in one and 'href="https://a.org/book/">' in index
    for k, v in (("og:title", "A &amp; B"), ("og:description", "Its line."), ("og:image", "https://a.org/book/social-card.png")):
        assert f'<meta property="{k}" content="{v}">' in one
    assert "<loc>https://a.org/book/one.html</loc>" in (out / "sitemap.xml").read_text() and '<base href="/book/">' in (out / "404.html").read_text()
    assert "Sitemap: https://a.org/book/sitemap.xml" in (out / "robots.txt").read_text()


def test_links_to_the_repository_come_with_its_address():
    assert repository_links("", "nbs/a.ipynb", "main") == ""
    elsewhere = repository_links("https://git.org/b", "nbs/a.ipynb", "main")
    assert 'href="https://git.org/b/edit/main/nbs/a.ipynb"' in elsewhere and "Colab" not in elsewhere
    assert 'href="https://colab.research.google.com/github/a/b/blob/dev/nbs/a.ipynb"' in repository_links("https://github.com/a/b", "nbs/a.ipynb", "dev")


def test_sections_terms_and_names_are_found_by_themselves(tmp_path):
    text = ("First $x_i$ and $\\gamma$ [@ba2016layer].\n\n## Deep {#sec-deep}\n\nAs in @fig-x: $$\\frac{a}{b}$$\n\n```python\ncode = 1\n```\n\n| a | b |\n|---|---|\n| one | two |\n\n"
            "[**Batch**]{#term-batch data-forms=\"batch, batches\"}: the examples.\n\n::: {.api-doc}\n### f {#f}\n\nSays.\n:::\n\n::: {.api-doc}\n### f at 0x1 {#v}\n:::\n")
    found = search.records(parse(text), "11_one.ipynb", "one.html", "11 One", "Its line.")
    assert [(r.url, r.title, r.kind) for r in found] == [("one.html", "11 One", ""), ("one.html#sec-deep", "Deep", ""), ("one.html#term-batch", "Batch", "Glossary"), ("one.html#f", "f", "API")]
    assert found[0].lead == "Its line." and found[0].prose == ["First xi and γ ."] and found[1].prose == ["As in the figure: …", "a b one two"] and found[1].code == ["code = 1"]
    assert found[2].also == "batch, batches"
    weight = lambda name, page: search.records(parse("x"), name, page, "T", "")[0].weight
    assert weight("92_solutions.ipynb", "solutions.html") < weight("83_checker.ipynb", "checker.html") < weight("12_normalize.ipynb", "normalize.html")
    search.write_index(found, tmp_path)
    files = [f.name for f in (tmp_path / search.FOLDER).iterdir()]
    assert "pagefind.js" in files and not any("ui" in f for f in files)


def test_html_that_is_not_valid_is_told(tmp_path):
    from tools.checks.site import valid

    if not (found := valid.program(ROOT / "build")): pytest.skip("no html-validate: npm is missing")
    (tmp_path / "good.html").write_text('<!DOCTYPE html>\n<html lang="en"><head><title>A</title></head><body><p>x</p></body></html>')
    (tmp_path / "bad.html").write_text(PAGE.replace("<main>", "<table><thead><tr><th>a</th></tr></thead></table><p><div></div></p><main>"))
    told = "\n".join(valid.faults(found, tmp_path))
    assert "Stray end tag" in told and "bad.html:1" in told and "good.html" not in told
    assert frame.valid("<thead><tr><th></th><th scope='row'>a</th><th class='b'>c</th></tr></thead><mtd width=\"50%\">") == (
        "<thead><tr><th scope=\"col\"></th><th scope='row'>a</th><th scope=\"col\" class='b'>c</th></tr></thead><mtd>")
