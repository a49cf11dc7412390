"What surrounds each page, whoever rendered it: its scripts and styles, what is told to search engines, the footer; and the site's map and its page for what is not there."
import re, shutil, subprocess
from datetime import date
from html import escape, unescape
from pathlib import Path
from string import Template
from urllib.parse import quote, urlsplit

import yaml

from . import heads

STATIC = Path(__file__).parent / "static"
ICON, CARD = "touch-icon.png", "social-card.png"      # beside the notebooks: 180 pixels square; 1200 by 630
LICENSES = {"Apache-2.0": "Apache License 2.0"}
MISSING = Path(__file__).parent / "404.html"


def last_change(
    folder: Path,  # in a repository, or not
) -> date:
    "The day of the last commit; today where there is no repository."
    try: return date.fromisoformat(subprocess.run(["git", "log", "-1", "--format=%cs"], cwd=folder, capture_output=True, text=True).stdout.strip())
    except (OSError, ValueError): return date.today()


def footer(
    about: dict,  # what CITATION.cff says
    day: date,
    url: str = "",  # of the published site
) -> str:
    "The foot of each page: version, date, licence, and how to cite the book."
    year, who = day.year, " and ".join(a.get("name") or f"{a['given-names']} {a['family-names']}" for a in about["authors"])
    rows = dict(title=f"{{{about['title']}}}", author=f"{{{who}}}", version=about["version"], year=year, url=url)
    bibtex = f"@software{{bnbook{year},\n" + "".join(f"  {k} = {v if str(v)[0] == '{' else f'{{{v}}}'},\n" for k, v in rows.items() if v) + "}"
    return (f'<footer class="book-footer">\n<p>Version {escape(str(about["version"]))}, {day.day} {day:%B} {year}. '
            f'<a href="license.txt">{escape(LICENSES.get(about["license"], about["license"]))}</a></p>\n'
            f"<details><summary>How to cite</summary>\n<pre>{escape(bibtex)}</pre></details>\n"
            '<p><a href="#">Back to top</a></p>\n</footer>\n')


def for_others(
    text: str,  # HTML of a page
    address: str,  # of the page
    url: str,  # of the site
) -> str:
    "What a page says about itself to search engines and where it is shared."
    find = lambda pattern: unescape(m[1]) if (m := re.search(pattern, text)) else ""
    about = {"og:type": "article", "og:url": address, "og:title": find(r"<title>([^<]*)</title>"), "og:image": url + CARD,
             "og:description": find(r'<meta name="description" content="([^"]*)"'), "twitter:card": "summary_large_image"}
    return f'<link rel="canonical" href="{escape(address)}">\n' + "".join(
        f'<meta {"name" if k[0] == "t" else "property"}="{k}" content="{escape(v)}">\n' for k, v in about.items() if v)


def valid(
    text: str,  # HTML of a page
) -> str:
    "The page with what KaTeX and pandoc leave out or put in too much: heads of columns say so, cells of MathML have no width, nor have columns, which are as wide as they need."
    heads = lambda m: re.sub(r"<th(?![^>]*\bscope=)(?=[\s>])", '<th scope="col"', m[0])
    text = re.sub(r"<colgroup>\s*(?:<col style=[^>]*>\s*)+</colgroup>", "", text)
    return re.sub(r"<mtd width=\"[^\"]*\"", "<mtd", re.sub(r"<thead\b.*?</thead>", heads, text, flags=re.S))


def frame(
    out: Path,  # folder of the rendered site
    notebooks: Path,  # folder of the source notebooks; the project is above it
    config,  # of the website
) -> None:
    "Complete each page's head and foot, and write what the site has besides its pages."
    shutil.copytree(STATIC, out / "site_libs", dirs_exist_ok=True)
    root, pages = notebooks.parent, sorted(p for p in out.glob("*.html") if p.name != "404.html")
    cite, site = root / "CITATION.cff", config.url and config.url.rstrip("/") + "/"
    foot = footer(yaml.safe_load(cite.read_text(encoding="utf-8")), last_change(root), site) if cite.is_file() else ""
    if foot: shutil.copy(root / "LICENSE", out / "license.txt")
    for name in (ICON, CARD):
        if (notebooks / name).is_file(): shutil.copy(notebooks / name, out / name)
    head = '<link rel="stylesheet" href="site_libs/page.css">\n<script defer src="site_libs/page.js"></script>\n<script defer src="site_libs/search.js"></script>\n'
    if (out / ICON).is_file(): head += f'<link rel="apple-touch-icon" href="{ICON}">\n'
    address = lambda page: site + ("" if page.name == "index.html" else quote(page.name))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        more = head + (for_others(text, address(page), site) if site else "")
        before, end, after = text.rpartition("</body>")
        page.write_text(valid(before).replace("</head>", f"{more}</head>", 1) + foot + end + after, encoding="utf-8")
    (out / ".nojekyll").write_text("")
    styles = "".join(f'<link rel="stylesheet" href="{f}">\n' for f in config.css)
    missing = Template(MISSING.read_text(encoding="utf-8")).substitute(
        lang=config.lang, title=escape(config.title), picture=heads.picture(heads.MISSING), styles=styles, base=urlsplit(site).path or "/")
    (out / "404.html").write_text(missing, encoding="utf-8")
    for name in ("sitemap.xml", "robots.txt"): (out / name).unlink(missing_ok=True)        # Quarto would list addresses without a host
    if site:
        rows = "".join(f"<url><loc>{escape(address(p))}</loc></url>\n" for p in pages)
        start = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        (out / "sitemap.xml").write_text(f"{start}{rows}</urlset>\n", encoding="utf-8")
        (out / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {site}sitemap.xml\n", encoding="utf-8")
