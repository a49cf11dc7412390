"""Predictions to commit to: a callout titled `Predict: …` that holds a list of choices, or a number to guess.

    ::: {.callout-tip collapse="true" title="Predict: which is larger?"}      - [x] below one percent from step …
    - [ ] the mean
    - [x] the variance                                                       one choice with `…` asks for the number that
                                                                             stands there in what a cell below prints
    Why it is so.
    :::
"""
import re

from .errors import BookError

_BOX = re.compile(r'^::: \{\.callout-tip collapse="true" title="Predict: ([^\n]*)"\}\n(.*?)\n:::[ \t]*$', re.M | re.S)
_CHOICE = re.compile(r"^- \[([ x])\] (.*)$", re.M)
_NUMBER = r"(-?\d[\d,]*(?:\.\d+)?)(\s?%)?"
CELLS = 3               # code cells below a question that may print its number


def printed(cell: dict) -> str:
    "What a code cell of a notebook has printed or shown as text."
    text = lambda v: "".join(v) if isinstance(v, list) else str(v)
    return "\n".join(text(o.get("text") or (o.get("data") or {}).get("text/plain", "")) for o in cell.get("outputs", []))


def number_in(
    words: str,  # with `…` where the number stands
    below: list[str],  # what the cells below print
) -> tuple[str, str] | None:  # the number, and `%` or nothing
    "The number that the first of the cells prints in these words."
    pattern = _NUMBER.join(re.escape(w) for w in words.split("…", 1))
    m = next(filter(None, (re.search(pattern, text) for text in below)), None)
    return (m[1].replace(",", ""), (m[2] or "").strip()) if m else None


def boxes(
    text: str,  # Markdown
    below: list[str],  # what the code cells below print, the nearest first
    where: str,  # the place, for messages
) -> str:
    "The Markdown with each such callout as a question with its choices, above an answer that folds."
    def one(m: re.Match) -> str:
        choices = list(_CHOICE.finditer(m[2]))
        if not choices: return m[0]
        start, end = choices[0].start(), choices[-1].end()
        before, after, right = m[2][:start].strip(), m[2][end:].strip(), [k for k, c in enumerate(choices) if c[1] == "x"]
        if len(right) != 1: raise BookError(f"{where}: mark one choice of this prediction with [x]: {m[1][:60]}")
        if not after: raise BookError(f"{where}: this prediction says nothing below its choices: {m[1][:60]}")
        if len(choices) > 1:
            kind = f'data-right="{right[0]}"'
            asked = "\n".join(f"- \\({'abcdefgh'[k]}) {c[2]}" for k, c in enumerate(choices))
        else:
            words = choices[0][2]
            found = number_in(words, below) if "…" in words else None
            if not found: raise BookError(f"{where}: no cell below prints “{words}” with a number for the …")
            kind, asked = f'data-number="{found[0]}" data-unit="{found[1]}"', ""
        parts = [f"[Predict]{{.predict-kind}} {m[1][:1].upper()}{m[1][1:]}", before, asked, f'::: {{.callout-tip collapse="true" title="Answer"}}\n{after}\n:::']
        return f":::: {{.predict {kind}}}\n" + "\n\n".join(p for p in parts if p) + "\n::::"
    return _BOX.sub(one, text)
