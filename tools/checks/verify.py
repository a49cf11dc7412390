"Checks a rendered site, whoever rendered it: links and anchors, pictures, references, and that no page asks another host for anything."
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from ..book.errors import BookError

_FOREIGN = re.compile(r"(?:https?:)?//")
_KATEX = "https://cdn.jsdelivr.net/npm/katex@"
_LOADS = {*((tag, "src") for tag in ("script", "img", "iframe", "source", "video", "audio", "embed")), ("link", "href"), ("object", "data")}
_UNRESOLVED = re.compile(r"\?@\w|(?<![\w.])@(?:fig|eq|tbl|sec)-\w|\[-?@\w[\w-]*")


class _Reader(HTMLParser):
    "Collects what a page defines, links to and loads, and its text outside code."
    def __init__(self):
        super().__init__()
        self.ids, self.links, self.loads, self.no_alt, self.text, self._code = set(), [], [], [], [], 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids |= {attrs[k] for k in ("id", "name") if attrs.get(k)}
        if tag == "a" and attrs.get("href"): self.links.append(attrs["href"])
        for (t, k) in _LOADS:
            if t == tag and attrs.get(k) and attrs.get("rel") not in ("canonical", "next", "prev"): self.loads.append(attrs[k])
        told = (attrs.get("alt") or "").strip() or attrs.get("role") == "presentation" or attrs.get("aria-hidden") == "true"
        if tag == "img" and not told: self.no_alt.append(attrs.get("src", ""))
        if tag in ("code", "pre", "script", "style", "math"): self._code += 1

    def handle_endtag(self, tag):
        if tag in ("code", "pre", "script", "style", "math"): self._code -= 1

    def handle_data(self, data):
        if not self._code: self.text.append(data)


def check_site(
    out: Path,  # folder of the rendered site
) -> None:
    "Raise BookError that lists every broken link, missing picture, unresolved reference and foreign request of the site."
    pages = {}
    for f in sorted(out.rglob("*.html")):
        pages[f] = _Reader()
        pages[f].feed(f.read_text(encoding="utf-8"))
    if not pages: raise BookError(f"no pages in {out}")
    problems = []
    for f, page in pages.items():
        name = f.relative_to(out).as_posix()

        def target(url: str) -> Path | None:
            "The file that an address of this page points at; None for another host, or for what is no file."
            if _FOREIGN.match(url) or re.match(r"(?:mailto|data|javascript):", url): return None
            path = unquote(re.split(r"[?#]", url)[0])
            if not path: return f
            return (out / path.lstrip("/") if path.startswith("/") else f.parent / path).resolve()

        for url in page.links:
            if (t := target(url)) is None: continue
            if t.is_dir(): t = t / "index.html"
            if not t.is_file(): problems.append(f"{name}: broken link {url}")
            elif "#" in url and (anchor := unquote(url.split("#", 1)[1])) and t.suffix == ".html":
                there = next((p for g, p in pages.items() if g.resolve() == t.resolve()), None)
                if there and anchor not in there.ids: problems.append(f"{name}: link {url} points at an anchor that {t.name} has not")
        for url in page.loads:
            t = target(url)
            if t is None and _FOREIGN.match(url) and not url.startswith(_KATEX): problems.append(f"{name}: loads {url} from another host")
            elif t is not None and not t.is_file(): problems.append(f"{name}: missing file {url}")
        problems += [f"{name}: picture {src} has no alt text" for src in page.no_alt]
        problems += [f"{name}: unresolved reference {m}" for m in _UNRESOLVED.findall(" ".join(page.text))]
    if problems: raise BookError("\n".join(dict.fromkeys(problems)))
