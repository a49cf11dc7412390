"The glossary: its terms, and a link to each where a page first uses it."
import re
from dataclasses import dataclass

from .chapters import Chapter, mask_code

_ENTRY = re.compile(r"^\[\*\*(.+?)\*\*\]\{#(term-[\w-]+)(?:\s+data-forms=\"([^\"]*)\")?\}([^:\n]*:)\s*(.*(?:\n(?!\n).*)*)", re.M)
# What is not running text: formulas, links and spans, citations, attributes, HTML, headings, fences of divs, table rows, captions.
_NOT_PROSE = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$|!?\[[^\]\n]*\](?:\([^)\n]*\)|\{[^}\n]*\})|\[[^\]\n]*@[^\]\n]*\]|@[\w-]+|\{[^}\n]*\}|<[^>\n]+>"
                        r"|https?://\S+|^[ \t]*(?:#|:::|\||: |\[\^|- \\\([a-h]\))[^\n]*$", re.M | re.S)


@dataclass(frozen=True)
class Term:
    "An entry of the glossary."
    id: str                     # its anchor, such as `term-fan-in`
    forms: tuple[str, ...]      # the words by which the text calls it, in lower case
    meaning: str                # its sentence, as plain text


def _plain(text: str) -> str:
    "Markdown without its marks, for a tooltip."
    text = re.sub(r"\s*\[@[^\]]*\]", "", text)
    text = re.sub(r"\s*\[[^\]]*\]\([^)]*\)\s*\Z", "", text.strip())     # the link to the chapter that explains it
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[*`$]", "", text).split())


def read_terms(
    chapter: Chapter,  # the chapter that holds the glossary
) -> dict[str, Term]:  # by form
    "The terms of the glossary, written as `[**Term**]{#term-id data-forms=\"form, form\"}: meaning`; without forms, the term itself is one."
    res = {}
    for c in chapter.cells:
        for m in _ENTRY.finditer(c.source) if c.kind == "markdown" else []:
            term = Term(m[2], tuple(f.strip().lower() for f in (m[3] or m[1]).split(",")), _plain(m[5]))
            res |= {f: term for f in term.forms}
    return res


def link_terms(
    text: str,  # Markdown
    terms: dict[str, Term],
    glossary: str,  # file name of the notebook that holds the glossary
    done: set[str],  # ids of the terms that the page has linked already; those linked here are added
) -> str:
    "Link each term where it is first used in running text."
    waiting = [f for f, t in terms.items() if t.id not in done]
    if not waiting: return text
    blank = lambda m: re.sub(r"[^\n]", " ", m[0])
    prose = _NOT_PROSE.sub(blank, mask_code(text))
    words = "|".join(re.escape(f).replace(r"\ ", r"\s+") for f in sorted(waiting, key=len, reverse=True))
    res, last = [], 0
    for m in re.finditer(rf"(?<![\w-])(?:{words})(?![\w-])", prose, re.I):
        term = terms[" ".join(m[0].lower().split())]
        if term.id in done: continue
        done.add(term.id)
        title = term.meaning.replace("\\", "\\\\").replace('"', '\\"')
        res += [text[last:m.start()], f'[{text[m.start():m.end()]}]({glossary}#{term.id}){{.term title="{title}"}}']
        last = m.end()
    return "".join([*res, text[last:]])
