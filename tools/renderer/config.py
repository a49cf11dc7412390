"The settings of the website, from `_quarto.yml` and the `nbdev.yml` that nbdev writes beside it."
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from ..book.errors import BookError, one_error

# The keys of `_quarto.yml` that this renderer reads.
_READ = set("""
    project.output-dir website.title website.description website.site-url website.favicon website.navbar.title website.navbar.left
    website.navbar.right website.sidebar.contents format.html.css format.html.toc format.html.toc-depth format.html.include-after-body
    bibliography metadata-files lang
""".split())
# Those that are for Quarto alone: how its own frame looks, and what this renderer always does.
_FOR_QUARTO = set("""
    project.type project.render project.resources project.post-render website.page-navigation website.bread-crumbs website.open-graph
    website.twitter-card website.repo-url website.repo-branch website.repo-subdir website.navbar.background website.navbar.search website.navbar.pinned website.navbar.collapse-below
    website.sidebar.style website.sidebar.search website.sidebar.background website.sidebar.border website.sidebar.collapse-level
    format.html.theme format.html.grid format.html.html-math-method
    format.html.code-copy format.html.highlight-style format.html.fig-align format.html.citations-hover format.html.crossrefs-hover
    format.html.footnotes-hover format.html.fig-responsive format.html.fontsize format.html.respect-user-color-scheme link-citations execute
""".split())
_ENTRY = {"text", "href", "section", "contents"}


@dataclass(frozen=True)
class Entry:
    "A chapter or a part in the table of contents, or a link in the bar at the top."
    href: str = ""                          # file name of a chapter, or an address; empty for a part
    text: str = ""                          # what to show; empty takes the chapter's title
    contents: tuple["Entry", ...] = ()      # the chapters of a part, or those that belong to a chapter

    @property
    def chapters(self) -> list["Entry"]:
        "Itself, if it is a chapter, and those in it, in reading order."
        return [replace(self, contents=())]*bool(self.href) + [o for e in self.contents for o in e.chapters]


@dataclass(frozen=True)
class Config:
    "What the renderer needs of the settings."
    root: Path                              # the folder of `_quarto.yml`
    out: Path                               # the folder to write the site to
    title: str = ""
    description: str = ""
    url: str = ""                           # where the site will be published; empty when nowhere yet
    favicon: str = ""
    lang: str = "en"
    css: tuple[str, ...] = ()
    after_body: tuple[str, ...] = ()        # files of HTML that end each page
    bibliography: tuple[str, ...] = ()
    toc: bool = True
    toc_depth: int = 3
    left: tuple[Entry, ...] = ()            # links in the bar at the top
    right: tuple[Entry, ...] = ()
    contents: tuple[Entry, ...] = ()        # the table of contents

    @property
    def chapters(self) -> list[Entry]:
        "The chapters of the table of contents in reading order."
        return [o for e in self.contents for o in e.chapters]


def _list(value) -> list: return [] if value is None else value if isinstance(value, list) else [value]


def _merge(a: dict, b: dict) -> dict:
    "`b` over `a`, key by key."
    return {**a, **{k: _merge(a[k], v) if isinstance(v, dict) and isinstance(a.get(k), dict) else v for k, v in b.items()}}


def _unknown(cfg: dict, path: str = "") -> list[str]:
    "The dotted names of the keys that the renderer has never heard of."
    res, known = [], _READ | _FOR_QUARTO
    for k, v in cfg.items():
        name = f"{path}{k}"
        if name in known: continue
        if isinstance(v, dict) and any(n.startswith(f"{name}.") for n in known): res += _unknown(v, f"{name}.")
        else: res.append(name)
    return res


def _entries(value, where: str) -> tuple[Entry, ...]:
    "Read a list of contents or of links."
    res = []
    for e in _list(value):
        if isinstance(e, str): e = {"href": e}
        if not isinstance(e, dict) or set(e) - _ENTRY or not (e.get("href") or e.get("section")):
            raise BookError(f"_quarto.yml: {where}: cannot read the entry {e}; write a file name, href and text, or section and contents")
        section = str(e.get("section") or "")       # a title, or the chapter that the others belong to
        href = str(e.get("href") or "") or (section if section.endswith(".ipynb") else "")
        res.append(Entry(href, str(e.get("text") or (section if section != href else "")), _entries(e.get("contents"), where)))
    return tuple(res)


def read_config(
    root: Path,  # the folder that holds `_quarto.yml`
) -> Config:
    "Read the settings; raise BookError for a key that neither this renderer nor Quarto is known to use."
    def load(name: str) -> dict:
        try: return yaml.safe_load((root / name).read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as e: raise BookError(f"{name} is not YAML: {e}") from e

    if not (root / "_quarto.yml").is_file(): raise BookError(f"{root} has no _quarto.yml")
    cfg, more = load("_quarto.yml"), {}
    for name in _list(cfg.get("metadata-files")):
        if (root / name).is_file(): more = _merge(more, load(name))
    cfg = _merge(more, cfg)
    if bad := _unknown(cfg): raise one_error([f"_quarto.yml: key `{k}` is not known to the renderer" for k in bad])
    web, page = cfg.get("website") or {}, (cfg.get("format") or {}).get("html") or {}
    bar, side = web.get("navbar") or {}, web.get("sidebar") or {}
    text = lambda key, default="": str(web.get(key) or default)
    return Config(
        root=root, out=root / str((cfg.get("project") or {}).get("output-dir") or "_site"), title=str(bar.get("title") or text("title")),
        description=text("description"), url=text("site-url") if text("site-url").startswith("http") else "",
        favicon=text("favicon"), lang=str(cfg.get("lang") or "en"), css=tuple(_list(page.get("css"))),
        after_body=tuple(_list(page.get("include-after-body"))), bibliography=tuple(_list(cfg.get("bibliography"))),
        toc=page.get("toc", True) is not False, toc_depth=int(page.get("toc-depth") or 3), left=_entries(bar.get("left"), "navbar"),
        right=_entries(bar.get("right"), "navbar"), contents=_entries(side.get("contents"), "sidebar"))
