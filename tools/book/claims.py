"The claims of the book: each chapter's recap, as a box at its beginning, and all together on a page of their own."
import re

from .chapters import KINDS, LOCAL, REFERENCE, Chapter, Label, mask_code, recap

PLACE = "::: {#every-claim}\n:::"       # what stands in the notebook of the page of all claims


def box(
    chapter: Chapter,
    page: str = "",  # file name of the notebook that lists every claim
) -> str:  # Markdown; empty for a chapter without a recap
    "The box at the beginning of a chapter that says what it claims."
    if not (claims := recap(chapter)): return ""
    more = f" The claims of all chapters are on [one page]({page})." if page else ""
    return "\n".join(['::: {.callout-note collapse="true" title="What this chapter claims"}', *[f"- {c}" for c in claims], "",
                      f"Each link leads to what shows it.{more}", ":::"])


def _from_afar(claim: str, chapter: Chapter, labels: dict[str, Label]) -> str:
    "A claim with its links made to lead into its chapter from another page."
    prose, res, last = mask_code(claim), [], 0
    for m in REFERENCE.finditer(prose):
        label = labels[m[1]]
        text = label.title if label.kind == "sec" else f"{KINDS[label.kind]}\u00a0{label.number}"
        res += [claim[last:m.start()], f"[{text}]({label.chapter.name}#{label.name})"]
        last = m.end()
    return LOCAL.sub(rf"]({chapter.name}\1)", "".join([*res, claim[last:]]))


def every_claim(
    chapters: dict[str, Chapter],
    labels: dict[str, Label],  # every label of the book
) -> str:  # Markdown
    "The claims of all chapters under the chapters' titles, numbered by chapter."
    res = []
    for chapter in chapters.values():
        number = re.match(r"\d*", chapter.name)[0]
        if not (claims := recap(chapter)): continue
        res.append(f"## {number} [{chapter.title}]({chapter.name}) {{#claims-{number}}}\n")
        res += [f"[C{number}.{k}]{{#claim-{number}-{k} .claim-number}} {_from_afar(c, chapter, labels)}\n" for k, c in enumerate(claims, 1)]
    return "\n".join(res)
