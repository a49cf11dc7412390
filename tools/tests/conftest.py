"A tiny book to try the renderer on."

import base64, json
from pathlib import Path

import pytest

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><path d="M0 0h9"/></svg>'
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (40).to_bytes(4, "big") + (20).to_bytes(4, "big")).decode()
YML = """project: {type: website}
website:
  title: Tiny
  sidebar:
    contents:
      - href: index.ipynb
        text: Cover
      - section: "Part 1"
        contents: [11_one.ipynb, 12_two.ipynb]
format: {html: {toc: true}}
bibliography: refs.bib
"""
BIB = "@article{ba2016layer,\n title={Layer Normalization}, author={Ba, Jimmy}, journal={arXiv}, year={2016}\n}\n"
FIGURE = '#| label: fig-bell\n#| fig-cap: "A claim."\n#| fig-alt: "A finding."\nplot()'


def md(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def raw(text):
    return {"cell_type": "raw", "metadata": {}, "source": text}


def code(source, *outputs):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs), "execution_count": None}


def shows(**data):
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {k.replace("_", "/").replace("svg", "svg+xml"): v for k, v in data.items()},
    }


def write_nb(path: Path, *cells):
    "Write a source notebook with ids."
    nb = {
        "cells": [{**c, "id": f"c{n}"} for n, c in enumerate(cells)],
        "metadata": {"kernelspec": {"name": "python3", "language": "python", "display_name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(nb))
    return path


@pytest.fixture
def book(tmp_path):
    "A function that makes a project of processed notebooks, `one` with the cells given, and renders it: gives the HTML of page `one`."
    from tools.checks.verify import check_site
    from tools.pages.finish import finish
    from tools.renderer.site import Site

    def make(*cells, two=(), front="", yml=YML, **files):
        (tmp_path / "_quarto.yml").write_text(yml)
        (tmp_path / "refs.bib").write_text(BIB)
        for name, text in files.items():
            (tmp_path / name.replace("_DOT_", ".")).write_text(text)
        for name, title, more in (("index", "Tiny book", ()), ("11_one", "One", cells), ("12_two", "Two", two)):
            write_nb(tmp_path / f"{name}.ipynb", raw(f"---\ntitle: {title}\n{front if name == '11_one' else ''}---"), *more)
        site = Site(tmp_path)
        site.build()
        finish(tmp_path, site.config.out, tmp_path, tmp_path / "cache")
        check_site(site.config.out)
        return (site.config.out / "one.html").read_text()

    make.root = tmp_path
    return make


@pytest.fixture
def sources(tmp_path):
    "A function that writes source notebooks `11_one` and `12_two` with the cells given, and gives their folder."

    def make(one=(), two=()):
        write_nb(tmp_path / "11_one.ipynb", md("# One\n\n> Its line."), *one)
        write_nb(tmp_path / "12_two.ipynb", md("# Two"), *two)
        return tmp_path

    return make
