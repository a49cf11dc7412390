"What a rendered site is given for its looks, whoever rendered it: a text face of its own, and pictures that know the dark theme."
import re, shutil
from pathlib import Path
from typing import Callable

from ..renderer import npm

PACKAGE, VERSION = "@fontsource/source-serif-4", "5.3.1"
FACES = [(weight, style) for weight in (400, 600) for style in ("normal", "italic")]
FONTS = "site_libs/fonts"

# The colours of bnbook.plot: in the light theme the grey is darker than the compromise of a notebook, in the dark one all are brighter.
INK = "#767676"
LIGHT = {INK: "#59626b"}
DARK = {"#4f60c8": "#8795f2", "#e06a10": "#ff9440", "#0ea768": "#2ccf8d", "#d166b7": "#ee8ad8", "#cf1f3a": "#ff6b7e", INK: "#a3adb7"}
PALETTE_PAGE = "figures_files"      # the page about the colours themselves shows them as they are


def fetch_face(
    cache: Path,  # folder that keeps it between builds
    say: Callable[[str], None] = print,
) -> Path | None:  # a folder of woff2 files with their licence; None where npm cannot fetch it
    "The text face, subset for Latin, fetched through npm if it is not there yet."
    files = {f"files/source-serif-4-latin-{w}-{s}.woff2": f"text-{w}-{s}.woff2" for w, s in FACES} | {"LICENSE": "LICENSE"}
    return npm.fetch(f"{PACKAGE}@{VERSION}", files.get, cache / f"face-{VERSION}", "pages use the reader's own text face", say)


def use_face(
    out: Path,  # folder of the rendered site
    css: list[str],  # the book's style sheets, relative to it
    cache: Path,
    say: Callable[[str], None] = print,
) -> None:
    "Put the text face into the site and name it in the first of the book's style sheets."
    if not css or not (folder := fetch_face(cache, say)): return
    shutil.copytree(folder, out / FONTS, dirs_exist_ok=True)
    up = "../" * css[0].count("/")
    rules = "".join(f'@font-face {{ font-family: "Book Text"; font-weight: {w}; font-style: {s}; font-display: swap; '
                    f'src: url("{up}{FONTS}/text-{w}-{s}.woff2") format("woff2"); }}\n' for w, s in FACES)
    sheet = out / css[0]
    sheet.write_text(rules + sheet.read_text(encoding="utf-8"), encoding="utf-8")


_DARK_RULES = re.compile(r'^(html\[data-bs-theme="dark"\][^{}]*)\{([^{}]*)\}', re.M)


def dark_without_script(
    css: str,  # a style sheet of the book
) -> str:
    "The sheet with its rules for the dark theme once more, for readers who prefer it and whose browser runs no script to say so."
    own = lambda selectors: ", ".join(s.strip().replace('html[data-bs-theme="dark"]', ":root:has(> body.book)") for s in selectors.split(",") if "data-bs-theme" in s)
    rules = "".join(f"  {own(m[1])} {{{m[2]}}}\n" for m in _DARK_RULES.finditer(css))
    return css + (f"@media screen and (scripting: none) and (prefers-color-scheme: dark) {{\n{rules}}}\n" if rules else "")


def for_both_themes(
    svg: str,  # a picture in the colours of bnbook.plot
) -> str:
    "The picture with a colour of its own in each theme; a browser takes the theme from the page that the picture stands in."
    name = lambda color: f"--c{color[1:]}"
    rule = lambda shades: "svg{" + "".join(f"{name(c)}:{v};" for c, v in shades.items()) + "}"
    text = re.sub("|".join(DARK), lambda m: f"var({name(m[0])},{m[0]})", svg)
    style = f"<style>{rule(LIGHT)}@media (prefers-color-scheme:dark){{{rule(DARK)}}}</style>"
    return re.sub(r"(<svg\b[^>]*>)", lambda m: m[1] + style, text, count=1)


def color_pictures(
    out: Path,  # folder of the rendered site
) -> None:
    "Give each figure that matplotlib drew the colours of both themes."
    for f in sorted(out.glob("*_files/**/*.svg")):
        text = f.read_text(encoding="utf-8")
        if "Matplotlib" in text and PALETTE_PAGE not in f.parts and "prefers-color-scheme" not in text:
            f.write_text(for_both_themes(text), encoding="utf-8")


# A formula and the mark after it: set by KaTeX, which puts what cannot be broken into one `katex-base`; and, short, as Quarto leaves it to the browser.
_SET = re.compile(r'<span class="math inline">(?:(?!<span class="math ).)*?(?:</span>){4}[,.;:!?)]+', re.S)
_UNSET = re.compile(r'<span class="math inline">[^<]{1,24}</span>[,.;:!?)]+')


def keep_whole(
    text: str,  # HTML of a page
) -> str:
    "The page with options in its prose, such as `--skip`, kept from being broken, and a short formula kept with the comma after it."
    whole = lambda code: re.sub(r"(?<![\w-])--?[A-Za-z][\w-]*", r'<span class="whole">\g<0></span>', code)
    text = _SET.sub(lambda m: f'<span class="whole">{m[0]}</span>' if m[0].count('class="katex-base"') == 1 else m[0], text)
    text = _UNSET.sub(r'<span class="whole">\g<0></span>', text)
    return re.sub(r"(<pre\b.*?</pre>)|(<code>)([^<]*)(</code>)", lambda m: m[1] or m[2] + whole(m[3]) + m[4], text, flags=re.S)
