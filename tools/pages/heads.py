"A small picture at the head of each chapter: a field of dots, as on the cover, that shows what the chapter is about."
import math, random, re
from typing import Callable

COLUMNS, ROWS, STEP, SIZES = 44, 5, 14, 6          # dots across and down, pixels from one to the next, how many sizes there are
FLAT = 0.97
PARTS = {"1": "#1c5dab", "2": "#12714f", "3": "#8a4a9e"}      # on paper; on a page the style sheet has them

Dot = tuple[float, str]                             # size from 0 to 1, and `on`, `flat` or `off`


def _neuron(x: float) -> Dot:
    "A neuron whose tanh gets x: as large as the slope there, and a red speck where it is flat."
    t = math.tanh(x)
    return (0.25, "flat") if abs(t) > FLAT else (1 - t*t, "on")


def _if(test: bool, yes: Dot, no: Dot) -> Dot: return yes if test else no


# By chapter: the dot at the share u of the way across, in row r, for a random normal z.
FIELDS: dict[str, Callable[[float, int, float], Dot]] = {
    "11": lambda u, r, z: _neuron(z*(0.3 + 6*u)),                                                   # ever more neurons are flat
    "12": lambda u, r, z: _neuron(z*(0.9 if u > 0.5 else 6)),                                        # before and after
    "13": lambda u, r, z: _neuron(0.8*z + 4*(u - 0.5)),                                              # the shift makes it trigger-happy
    "14": lambda u, r, z: (max(0.05, min(1, 1 - 0.9**(COLUMNS*u) + 0.08*z)), "on"),                  # the start fades, noise stays
    "15": lambda u, r, z: _if(r == 2, (0.5 + 0.25*z, "flat"), (0.5 + 0.1*z, "off")),                 # one example, and who rides along
    "16": lambda u, r, z: (0.8, "on") if (r == 2 or int(u*COLUMNS) % 9 == 4) else (0.3, "off"),      # rows and columns
    "17": lambda u, r, z: _if(u + (4 - r)/8 > 1.05, (0.25, "flat"), (0.7 + 0.1*z, "on")),            # deep, and with large steps
    "18": lambda u, r, z: (math.exp(-((r - 2)/(0.3 + 2*u))**2), "on"),                               # how the values spread from layer to layer
    "21": lambda u, r, z: _if(r in (1, 3), (0.2, "off"), (abs(z)/2, "on")),                          # two directions are gone
    "22": lambda u, r, z: (0.75, "on"),
    "23": lambda u, r, z: _if(z > 1.9, (0.8, "flat"), (0.6, "on")),                                  # planted mistakes
    "24": lambda u, r, z: _if(u < (r + 1)/5, (0.7, "on"), (0.15, "off")),                            # a race
    "25": lambda u, r, z: _if(abs(u - 0.62) < 0.02, (0.9, "flat"), (0.5 + 0.1*z, "on")),             # one layer is ill
    "26": lambda u, r, z: _if(abs(u - 0.5) < 0.06, (0.15, "off"), (0.65, "on")),                     # a cut
    "27": lambda u, r, z: (0.75, ("on", "off")[int(4*u) % 2]),                                       # four processes
    "28": lambda u, r, z: _if((int(u*COLUMNS) + r) % 2 == 0, (0.7, "on"), (0.2, "off")),             # half of it
    "31": lambda u, r, z: _if(r > 3.6*(1 - math.exp(-5*u)), (0.75, "on"), _if(r > 3.6*(1 - math.exp(-2*u)) - 1, (0.35, "on"), (0.15, "off"))),     # two losses fall, one of them faster
    "32": lambda u, r, z: ((1 + int(4*u))**2/16 * (0.35 + 0.65*((int(u*COLUMNS) % 11 + 2*r) % 5 < 3)), "on"),      # the same at every scale
    "33": lambda u, r, z: _if(int(u*COLUMNS) in (2, 7, 16, 33), (0, "off"), (0.7, "on")),         # batches of two, four, eight ...
    "34": lambda u, r, z: _if(abs(r - (1 if u < 0.55 else 3)) <= 1, (0.6 + 0.1*z, "on" if u < 0.55 else "flat"), (0.2, "off")),     # the world has moved
    "35": lambda u, r, z: _if(int(u*COLUMNS) % 4 == 1 and r in (1, 3), (0.9, "on"), (0.35 + 0.1*z, "off")),     # two numbers learn, the weights do not
    "36": lambda u, r, z: _if(u > 0.5 and z > 0.2, (0.2, "off"), (0.7, "on")),                       # what was said, and what is left of it
}


MISSING = "404"         # the field of the page for what is not there has a hole
FIELDS[MISSING] = lambda u, r, z: _if(abs(u - 0.5) < 0.09 and 0 < r < 4, (0, "off"), (0.6 + 0.1*z, "on"))


def _any(u: float, r: int, z: float) -> Dot: return _neuron(z)


def picture(
    number: str,  # of a chapter
) -> str:  # SVG
    "The picture of a chapter, the same at each build."
    rng, groups = random.Random(number), {}
    for c in range(COLUMNS):
        for r in range(ROWS):
            size, kind = FIELDS.get(number, _any)((c + 0.5)/COLUMNS, r, rng.gauss(0, 1))
            level = max(1, min(SIZES, math.ceil(SIZES*size)))
            groups.setdefault((kind, level), []).append(f"M{c*STEP + STEP//2} {r*STEP + STEP//2}h0")
    paths = "".join(f'<path class="{kind}" stroke-width="{(STEP - 2)*(level/SIZES)**0.5:.1f}" d="{"".join(d)}"/>' for (kind, level), d in sorted(groups.items()))
    return f'<svg class="chapter-picture" viewBox="0 0 {COLUMNS*STEP} {ROWS*STEP}" aria-hidden="true">{paths}</svg>'


def drawing(
    number: str,  # of a chapter
) -> str:  # SVG
    "The picture as a file of its own, in the colours of paper."
    rules = "".join(f".{kind}{{stroke:{color}}}" for kind, color in (("on", PARTS.get(number[0], "#1c5dab")), ("flat", "#b83434"), ("off", "#e4e0d6")))
    size = f'<svg xmlns="http://www.w3.org/2000/svg" width="{COLUMNS*STEP}" height="{ROWS*STEP}" fill="none" stroke-linecap="round" '
    return picture(number).replace("<svg ", size, 1).replace("><path", f"><style>{rules}</style><path", 1)


def number(
    notebook: str,  # file name
) -> str:  # empty for an appendix
    "The number of the chapter that a notebook is."
    m = re.match(r"([1-7]\d)_", notebook)
    return m[1] if m else ""


def with_picture(
    text: str,  # HTML of a page
    notebook: str,  # the file name of its notebook
) -> str:
    "The page of a chapter with its picture below the title."
    if not (which := number(notebook)): return text
    return re.sub(r'(<header id="title-block-header".*?</header>)', lambda m: m[1] + picture(which), text, count=1, flags=re.S)
