"KaTeX, which sets the formulas: fetched once from npm where npm is there, and run at build time so that pages need no script for it."
import html, json, re, shutil, subprocess
from collections import Counter
from pathlib import Path
from typing import Callable

from ..book.errors import BookError
from . import npm

VERSION = "0.19.1"
CDN = f"https://cdn.jsdelivr.net/npm/katex@{VERSION}/dist"
_MATH = re.compile(r'<span class="math (inline|display)">(.*?)</span>', re.S)
_UNSEEN = re.compile(r'<annotation .*?</annotation>|</?semantics>| xmlns="http://www.w3.org/1998/Math/MathML"', re.S)   # the formula's source again; what HTML knows
_SCRIPT = """
const katex = require(process.argv[1]);
const set = ([kind, tex]) => {
  try { return {html: katex.renderToString(tex, {displayMode: kind === "display", throwOnError: true, strict: "ignore"})}; }
  catch (e) { return {error: String(e.message)}; }
};
let text = "";
process.stdin.on("data", d => text += d).on("end", () => console.log(JSON.stringify(JSON.parse(text).map(set))));
"""


def node() -> str | None: return shutil.which("node")


def fetch(
    cache: Path,  # folder that keeps it between builds
    say: Callable[[str], None] = print,  # where the one line goes that says it is not to be had
) -> Path | None:  # the folder of `katex.min.js`, its style sheet and fonts; None where npm cannot fetch it
    "The local copy of KaTeX, fetched through npm if it is not there yet."
    def wanted(name: str) -> str | None:
        m = re.fullmatch(r"dist/(katex\.min\.(?:js|css)|fonts/[\w-]+\.woff2)", name)
        return m and m[1]
    return npm.fetch(f"katex@{VERSION}", wanted, cache / f"katex-{VERSION}", "pages load KaTeX from its CDN", say)


def copy(
    local: Path,  # what `fetch` gave
    folder: Path,  # where the site wants it
    script: bool,  # with the script, for pages that set their formulas in the browser
    rules: str = "",  # to go into its style sheet, too
) -> None:
    "Copy the local KaTeX into the site."
    shutil.copytree(local, folder, dirs_exist_ok=True, ignore=None if script else shutil.ignore_patterns("*.js"))
    if rules:
        sheet = folder / "katex.min.css"
        sheet.write_text(f"{sheet.read_text(encoding='utf-8')}\n{rules}", encoding="utf-8")


def render_pages(
    pages: dict[str, str],  # HTML by the name of the page, formulas as pandoc marks them
    local: Path,  # what `fetch` gave
) -> dict[str, str]:  # the same with the formulas set
    "Set every formula of the site; raise BookError that names page and formula for one that KaTeX cannot read."
    found = [(name, m[1], html.unescape(m[2])) for name, text in pages.items() for m in _MATH.finditer(text)]
    if not found: return pages
    command = [node(), "-e", _SCRIPT, str((local / "katex.min.js").resolve())]
    r = subprocess.run(command, input=json.dumps([f[1:] for f in found]), capture_output=True, text=True, encoding="utf-8")
    if r.returncode: raise BookError(f"KaTeX failed: {r.stderr.strip()[-400:]}")
    results = json.loads(r.stdout)
    problems = [f"{name}: formula `{tex.strip()}`: {res['error']}" for (name, _, tex), res in zip(found, results) if "error" in res]
    if problems: raise BookError("\n".join(problems))
    done = iter(results)
    return {name: _MATH.sub(lambda m: f'<span class="math {m[1]}">{_UNSEEN.sub("", next(done)["html"])}</span>', text) for name, text in pages.items()}


def with_lighter_formulas(
    pages: dict[str, str],  # HTML by the name of the page, formulas set
) -> tuple[dict[str, str], str]:  # the same, and rules for the style sheet of KaTeX
    "The pages with a class in place of each style that formulas repeat: a tenth of a page full of them."
    styled = re.compile(r'(<span class="(?:katex-strut|mspace|mord[^"]*|mrel[^"]*|vlist[^"]*|pstrut)) ?" style="([^"]*)"')
    often = Counter(m[2] for text in pages.values() for m in styled.finditer(text))
    short = {style: f"k{n}" for n, (style, times) in enumerate(often.most_common()) if times > 9}
    lighter = lambda m: f'{m[1]} {short[m[2]]}"' if m[2] in short else m[0]
    rules = "".join(f".katex .{c}.{c}.{c}{{{style}}}\n" for style, c in short.items())        # as strong as a style, beside KaTeX's own rules
    return {name: styled.sub(lighter, text) for name, text in pages.items()}, rules
