"""The pictures of the notebooks, before and after a change, side by side on one page.

Compares the stored SVG and PNG outputs at a git revision with those of the working tree, cell by cell, prints a line for each picture that was
added, removed or changed, and writes a page that needs nothing but itself: `build/figures-review/index.html`.
"""
import argparse, base64, io, json, subprocess, sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

import yaml

from ..book.chapters import Cell

ROOT = Path(__file__).resolve().parents[2]
KINDS = {"image/svg+xml": "SVG", "image/png": "PNG"}    # the first that an output has is the one that the site shows
STATES = ("changed", "added", "removed")
GROUNDS = ("light", "dark")


class Problem(Exception): "Something without which nothing can be compared; said in one line, exit status 2."


@dataclass(frozen=True)
class Picture:
    "A stored picture and what its cell says about it."
    mime: str       # `image/svg+xml` or `image/png`
    data: bytes     # the file
    label: str      # of the figure; empty where the cell has none
    caption: str
    alt: str

    @property
    def kind(self) -> str: return KINDS[self.mime]

    @property
    def size(self) -> str: return f"{self.kind}, {len(self.data):,} bytes"

    @property
    def address(self) -> str:
        "The picture as an address that holds it, so that the page needs no other file; an SVG in it can run no script."
        return f"data:{self.mime};base64,{base64.b64encode(self.data).decode()}"


@dataclass(frozen=True)
class Change:
    "A picture that is not what it was."
    notebook: str               # path of the notebook from the root of the project
    cell: str                   # the cell's id
    number: int                 # the picture's number among those of its cell, the first is 1
    before: Picture | None      # None where it is new
    after: Picture | None       # None where it is gone

    @property
    def state(self) -> str: return "added" if not self.before else "removed" if not self.after else "changed"

    @property
    def picture(self) -> Picture: return self.after or self.before

    @property
    def name(self) -> str:
        "What the picture is called: its label, or else its cell."
        more = f", picture {self.number}" if self.number > 1 else ""
        return (self.picture.label or f"cell {self.cell}") + more

    @property
    def anchor(self) -> str: return f"{Path(self.notebook).stem}-{self.cell}-{self.number}"

    @property
    def sizes(self) -> str: return self.picture.size + (f", was {self.before.size.removeprefix(f'{self.picture.kind}, ')}" if self.state == "changed" else "")


# ---- reading

def git(root: Path, *args: str) -> subprocess.CompletedProcess:
    "Run git in the project."
    try: return subprocess.run(["git", *args], cwd=root, capture_output=True)
    except FileNotFoundError: raise Problem("git is not installed: it knows what the notebooks were") from None


def revision(
    root: Path,  # the project
    base: str | None,  # what git calls a revision; None is where the branch left `main`
) -> tuple[str, str]:  # its hash, and how to call it
    "The revision to compare with; raise Problem where there is none."
    if git(root, "rev-parse", "--is-inside-work-tree").returncode: raise Problem(f"{root} is not in a git repository: there is nothing to compare with")
    for name in [base] if base else ["main", "origin/main"]:
        found = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if found.returncode: continue
        commit = found.stdout.decode().strip()
        if not base and not (fork := git(root, "merge-base", commit, "HEAD")).returncode: commit = fork.stdout.decode().strip()
        return commit, commit[:8] if commit.startswith(name) else f"{name} ({commit[:8]})"
    raise Problem(f"git knows no revision `{base}`" if base else "git knows no branch `main`: name the revision to compare with")


def notebooks_at(root: Path, commit: str) -> dict[str, bytes]:
    "The notebooks at a revision, by path."
    listed = git(root, "ls-tree", "-r", "-z", "--name-only", commit, "--", "nbs").stdout.decode()
    res = {}
    for path in listed.split("\0"):
        if path.endswith(".ipynb"): res[path] = git(root, "cat-file", "blob", f"{commit}:./{path}").stdout
    return res


def notebooks_now(root: Path) -> dict[str, bytes]:
    "The notebooks of the working tree, by path."
    found = (p for p in (root / "nbs").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(found)}


def option(cell: Cell, name: str) -> str:
    "The value of a cell option as text; empty where there is none that can be read."
    try: return str(cell.option(name) or "")
    except yaml.YAMLError: return ""


def pictures(
    path: str,  # of the notebook, for messages
    notebook: bytes,  # the file
) -> dict[tuple[str, int], Picture]:  # by the cell's id and the picture's number in it
    "The stored pictures of a notebook; raise Problem when it cannot be read."
    def text(value) -> str: return "".join(value) if isinstance(value, list) else value
    res = {}
    try:
        for position, c in enumerate(json.loads(notebook)["cells"], 1):
            cell = Cell(c["cell_type"], text(c["source"]), position, c.get("id") or f"cell-{position}")
            shown = [(m, o["data"]) for o in c.get("outputs", []) if (m := next((m for m in KINDS if m in o.get("data", {})), None))]
            for number, (mime, data) in enumerate(shown, 1):
                raw = text(data[mime]).encode() if mime == "image/svg+xml" else base64.b64decode(text(data[mime]))
                res[cell.id, number] = Picture(mime, raw, *(option(cell, o) for o in ("label", "fig-cap", "fig-alt")))
    except (ValueError, KeyError, TypeError) as e: raise Problem(f"{path} is not a notebook: {e}") from e
    return res


def changes(
    before: dict[str, bytes],  # notebooks by path
    after: dict[str, bytes],
) -> list[Change]:  # in the order of the notebooks and of their cells
    "The pictures that were added, removed or changed."
    res = []
    for path in sorted({*before, *after}):
        if before.get(path) == after.get(path): continue
        old, new = (pictures(path, side[path]) if path in side else {} for side in (before, after))
        for key in {**new, **old}:
            a, b = old.get(key), new.get(key)
            if not a or not b or (a.mime, a.data) != (b.mime, b.data): res.append(Change(path, *key, a, b))
    return res


# ---- showing

def difference(
    before: bytes,  # two PNG files
    after: bytes,
) -> tuple[float, bytes] | None:  # the share of pixels that differ, and a PNG that marks them; None where the sizes are not the same
    "Where two PNG pictures differ: red marks on the faded picture."
    import numpy as np
    from matplotlib.image import imread, imsave
    a, b = (np.atleast_3d(imread(io.BytesIO(p), format="png")) for p in (before, after))
    if a.shape != b.shape: return None
    differs = (a != b).any(-1)
    grey = b[..., :3].mean(-1) if b.shape[-1] >= 3 else b[..., 0]
    ground = 1 - (1 - grey) * (b[..., 3] if b.shape[-1] == 4 else 1)        # as it looks on white
    marked = np.repeat((0.75 + 0.25 * ground)[..., None], 3, -1)
    marked[differs] = 0.75, 0.05, 0.1
    out = io.BytesIO()
    imsave(out, marked, format="png", metadata={"Software": None})
    return float(differs.mean()), out.getvalue()


STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1c232b; --soft: #4f5b66; --line: #c4ccd4; --link: #0b57b0; }
@media (prefers-color-scheme: dark) { :root { --ground: #101418; --ink: #dce1e6; --soft: #a9b4be; --line: #3c4650; --link: #82b5f2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
nav li { padding: .25rem 0; }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.note { color: var(--soft); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1rem; }
.pair > section { min-width: 0; }
.pair h4 { margin: .5rem 0; }
img { display: block; max-width: 100%; height: auto; margin: 0 0 .5rem; padding: .75rem; border: 1px solid var(--line); border-radius: .25rem; }
img.light { background: #fff; }
img.dark { background: #101418; }
dl { margin: .5rem 0 0; }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0 0 .5rem; }
"""


def shown(picture: Picture | None, when: str) -> str:
    "The HTML of one side: the picture on both grounds, and the words that belong to it."
    if not picture: return f'<section><h4>{when}</h4><p class="note">There is no picture.</p></section>'
    alt = picture.alt or "this picture has no alt text"
    images = "".join(f'<img class="{g}" src="{picture.address}" alt="{escape(f"{when}, on a {g} ground: {alt}")}">' for g in GROUNDS)
    words = {"Caption": picture.caption, "Alt text": picture.alt}
    rows = "".join(f"<dt>{k}</dt><dd>{escape(v) or 'none'}</dd>" for k, v in words.items())
    return f"<section><h4>{when}</h4>{images}<dl>{rows}</dl></section>"


def verdict(change: Change) -> list[str]:
    "What a reviewer should look at, beside the pictures: sentences of HTML."
    a, b, res = change.before, change.after, []
    if b and not b.alt: res.append("It has no alt text: the cell needs <code>#| fig-alt:</code>.")
    if b and b.label and not b.caption: res.append("It has no caption: the cell needs <code>#| fig-cap:</code>.")
    if a and b and b.alt and (a.alt, a.caption) == (b.alt, b.caption): res.append("Caption and alt text are as they were: are they still true?")
    if a and b and a.kind != b.kind: res.append(f"The file was {a.kind} and is {b.kind}.")
    return res


def entry(change: Change) -> str:
    "The HTML of one change."
    a, b = change.before, change.after
    parts = [f'<h3 id="{escape(change.anchor)}">{escape(change.name)}: {change.state}</h3>', f"<p>In the cell <code>{escape(change.cell)}</code>; {change.sizes}.</p>"]
    parts += [f"<p>{v}</p>" for v in verdict(change)]
    parts.append(f'<div class="pair">{shown(a, "Before")}{shown(b, "After")}</div>')
    if a and b and a.kind == b.kind == "PNG":
        if found := difference(a.data, b.data):
            share, marked = found
            text = f"{share:.2%} of the pixels differ"
            image = f'<img class="light" src="data:image/png;base64,{base64.b64encode(marked).decode()}" alt="The picture, faded; pixels that differ are red. {text}.">'
            parts.append(f"<h4>Difference</h4><p>{text}; they are marked red.</p>{image}")
        else: parts.append("<p>The two have not the same width and height.</p>")
    return f"<article>{''.join(parts)}</article>"


def summary(found: list[Change], base: str) -> str:
    "What was found, in one sentence."
    if not found: return f"No picture differs from {base}."
    counts = [(sum(c.state == s for c in found), s) for s in STATES]
    return f"{', '.join(f'{n} {s}' for n, s in counts if n)}, compared with {base}."


def page(found: list[Change], base: str) -> str:
    "The page of all changes."
    books = {c.notebook: [d for d in found if d.notebook == c.notebook] for c in found}
    contents = "".join(f'<li>{escape(c.notebook)}: <a href="#{escape(c.anchor)}">{escape(c.name)}</a>, {c.state}</li>' for c in found)
    body = "".join(f"<section><h2>{escape(n)}</h2>{''.join(map(entry, cs))}</section>" for n, cs in books.items())
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pictures that changed</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>Pictures that changed</h1>
<p>{escape(summary(found, base))}</p>
{f'<nav aria-label="Changes"><ul>{contents}</ul></nav>' if found else ''}
{body}
</main>
</body>
</html>
"""


def main(argv: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="python -m tools.figures_review", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("base", nargs="?", metavar="BASE", help="revision to compare with, such as HEAD or a tag (default: where this branch left main)")
    p.add_argument("--out", type=Path, metavar="DIR", help="folder to write index.html to (default: build/figures-review)")
    a = p.parse_args(argv)
    try:
        commit, base = revision(ROOT, a.base)
        found = changes(notebooks_at(ROOT, commit), notebooks_now(ROOT))
    except Problem as e:
        print(e, file=sys.stderr)
        return 2
    out = (a.out or ROOT / "build" / "figures-review") / "index.html"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(found, base), encoding="utf-8")
    for c in found: print(f"{c.state:<8} {c.notebook} {c.name}: {c.sizes}")
    print(summary(found, base))
    if found: print(f"To look at them, open {out.relative_to(ROOT) if out.is_relative_to(ROOT) else out}")
    return 0


if __name__ == "__main__": sys.exit(main())
