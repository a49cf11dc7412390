"The book on paper: a tiny one, in both forms."
import zipfile
from xml.etree import ElementTree

import pytest
from conftest import BIB, FIGURE, SVG, YML, code, md, raw, shows, write_nb

from tools.pages.paper import link_papers, whole_book, write_paper
from tools.renderer.pandoc import write

ONE = (
    md("## The middle {#sec-middle}\n\nAs [@ba2016layer] says, @eq-one and @fig-bell. [More on it.]{.aside} See [two](12_two.ipynb#sec-far), [nowhere](12_two.ipynb#sec-no).\n\n"
       "$$x = \\frac{1}{2}$$ {#eq-one}\n\n::: {.callout-tip collapse=\"true\" title=\"Hint\"}\nThink.\n:::"),
    code(FIGURE, shows(image_svg=SVG)),
    md('```{=html}\n<figure><img src="a.svg" alt="A still."><figcaption>It moves.</figcaption></figure>\n```'),
)
ABOUT = dict(title="Tiny", description="A book", author="Nobody", version="1.0")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "_quarto.yml").write_text(YML)
    (tmp_path / "refs.bib").write_text(BIB)
    (tmp_path / "a.svg").write_text(SVG)
    for name, title, cells in (("index", "Cover", ()), ("11_one", "One", ONE), ("12_two", "Two", [md("## Far {#sec-far}\n\nText.")])):
        write_nb(tmp_path / f"{name}.ipynb", raw(f"---\ntitle: {title}\n---"), *cells)
    return tmp_path


def test_chapters_are_one_document_whose_references_lead_within_it(project):
    text = write(whole_book(project, project / "pictures", "typst"), "-t", "typst")
    for wanted in ("= Part 1", "== One", "=== The middle", "<one--sec-middle>", "#link(<two--sec-far>)[two]", "#link(<one--fig-bell>)", "numbered-equation[", "(11.1)]",
                   "#strong[Figure 11.1.]", "#footnote[More on it.]", "Think.", 'image("a.svg"', "It moves.", "Layer Normalization"):
        assert wanted in text, wanted
    assert "sec-no" not in text and "Hint" in text
    assert text.count("References") == 1


def test_pdf_and_epub(project):
    pdf = write_paper(project, project / "tiny.pdf", ABOUT)
    assert pdf.read_bytes()[:5] == b"%PDF-" and pdf.stat().st_size > 10_000
    epub = write_paper(project, project / "tiny.epub", ABOUT)
    with zipfile.ZipFile(epub) as z:
        pages = [z.read(n).decode() for n in z.namelist() if n.endswith(".xhtml")]
        for page in pages: ElementTree.fromstring(page)
        text = "".join(pages)
        assert sum(n.endswith(".svg") for n in z.namelist()) == 4          # a figure, a still, and the pictures of two chapters
    assert "<math" in text and "Figure 11.1." in text and "(11.1)" in text and "Think." in text


def test_the_cover_links_the_files_that_are_there(tmp_path):
    cover = tmp_path / "index.html"
    cover.write_text('<p class="page-tools"><a href="index.md">Markdown</a></p>')
    link_papers(tmp_path)
    assert "whole-book" not in cover.read_text()
    for name in ("tiny.pdf", "tiny.epub"): (tmp_path / name).write_text("")
    for _ in range(2): link_papers(tmp_path)
    assert cover.read_text().count('class="whole-book"') == 2 and 'href="tiny.pdf" download>PDF</a>' in cover.read_text()
