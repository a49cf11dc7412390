"The interactive figures: what they show is what `bnbook.functional` computes, however they are moved. Their arithmetic alone: math.test.mjs."
import functools, itertools, json, math, re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape

import pytest
import torch
import torch.nn.functional as F
from .conftest import DESK, PHONE, URL, get
from playwright.sync_api import Locator, Page

from bnbook.backward import batch_norm_backward
from bnbook.functional import batch_statistics, normalize, scale_shift, update_running
from bnbook.plot import COLORS
from . import ROOT
from .expected import column, one, statistics

SOURCES = ROOT / "nbs" / "figures"
STILL_WIDTH = 480           # pixels, so that words can be read on a phone, too; the height is that of the figure's stage


# ---- what the package says

def normalized(x: list[float], mean: float, var: float) -> list[float]:
    return normalize(column(x), one(mean), one(var)).flatten().tolist()


def running(start: float, batches: list[float], momentum: float) -> float:
    "A running statistic after some batches by `bnbook.functional`."
    return functools.reduce(lambda r, b: update_running(r, one(b), momentum), batches, one(start)).item()


def same(name: str, shown, expected) -> None:
    "Raise AssertionError unless numbers, or lists of them, agree to 1e-9 (relative to their size above 1)."
    a, b = (torch.tensor(v, dtype=torch.float64) for v in (shown, expected))
    assert a.shape == b.shape, f"{name}: shows {tuple(a.shape)} numbers, the package has {tuple(b.shape)}"
    off = ((a - b).abs() / b.abs().clamp(min=1)).max().item()
    assert off <= 1e-9, f"{name}: shows {str(shown)[:80]}, the package computes {str(expected)[:80]} (off by {off:.2g})"


def five_points(v: dict) -> None:
    mean, var = statistics(v["x"])
    assert len(v["x"]) == 5, f"expected five points, got {len(v['x'])}"
    same("mean", v["mean"], mean)
    same("variance", v["variance"], var)
    same("standard deviation", v["std"], math.sqrt(var))
    same("x - mean", v["centred"], [x - mean for x in v["x"]])
    same("normalized", v["normalized"], normalized(v["x"], mean, var))


def gain_shift(v: dict) -> None:
    mean, var = statistics(v["xHat"])
    assert abs(mean) < 1e-9 and abs(var - 1) < 1e-4, f"the batch is not normalized: mean {mean}, variance {var}"
    y = scale_shift(column(v["xHat"]), one(v["gamma"]), one(v["beta"]))
    same("inputs of tanh", v["y"], y.flatten().tolist())
    same("their mean", v["mean"], batch_statistics(y)[0].item())
    same("their standard deviation", v["std"], batch_statistics(y)[1].sqrt().item())
    t = y.tanh()
    for name, which in (("flat", t.abs() > 0.97), ("up", t > 0.97), ("down", t < -0.97)):
        same(name, v[name], which.double().mean().item())


def who_rides_along(v: dict) -> None:
    assert len(v["batch"]) == v["n"] and v["batch"][0] == v["example"], "the batch is not the example and n - 1 others"
    mean, var = statistics(v["batch"])
    same("mean", v["mean"], mean)
    same("variance", v["variance"], var)
    used = (mean, var) if v["training"] else (v["running"]["mean"], v["running"]["variance"])
    same("normalized value", v["answer"], normalized([v["example"]], *used)[0])
    same("standard deviation of the values", v["jitter"], math.sqrt(statistics(v["answers"])[1]) if v["training"] else 0)
    if not v["training"]: return
    if v["n"] < 8: assert v["law"] is None, "the formula is not for so few examples"
    else: same("law of the root", v["law"], math.sqrt((1 + v["example"]**2/2) / v["n"]))
    same("the latest value", v["answers"][-1], v["answer"])


def running_average(v: dict) -> None:
    m, k = v["momentum"], v["steps"]
    mean, var = running(0, v["batchMeans"][:k], m), running(1, v["batchVariances"][:k], m)
    same("running mean", v["mean"], mean)
    same("running variance", v["variance"], var)
    same("weight of the start", v["weight"], running(1, [0.0]*k, m))
    same("noise", v["noise"], 3 * math.sqrt(m / ((2 - m) * v["n"])))
    same("what evaluation makes of the example", v["answer"], normalized([v["example"]], mean, var)[0])
    weights = [running(1, [0.0]*max(0, v["faded"] + s), m) for s in (-1, 0)]
    assert weights[1] <= 0.01 < weights[0], f"faded from step {v['faded']}, where the start weighs {weights[1]}, and {weights[0]} before"


def shared_axes(v: dict) -> None:
    "The cells that share statistics are those on which torch's own normalization of the chosen one depends."
    x = torch.tensor(v["x"], dtype=torch.float64).view(v["shape"]).requires_grad_()
    norms = dict(batch=lambda x: F.batch_norm(x, None, None, training=True), layer=lambda x: F.layer_norm(x, x.shape[1:]), instance=F.instance_norm,
                 groups=lambda x: F.group_norm(x, v["groups"]), token=lambda x: F.layer_norm(x.mT, x.shape[1:2]).mT)
    out = norms[v["norm"]](x)[tuple(v["chosen"])]
    depends = torch.autograd.grad(out, x)[0].flatten().nonzero().flatten().tolist()
    assert sorted(v["members"]) == depends, f"{v['norm']}: it shows {v['members']}, torch's depends on {depends}"
    same("normalized", v["answer"], out.item())
    mean, var = statistics([v["x"][k] for k in depends], 0)
    same("mean", v["mean"], mean)
    same("standard deviation", v["std"], math.sqrt(var))
    assert v["shared"]*v["statistics"] == len(v["x"]), "the statistics do not cover the block"


def lost_directions(v: dict) -> None:
    mean, var = statistics(v["x"])
    same("x_hat", v["xHat"], normalized(v["x"], mean, var))
    rstd = one(var + 1e-5).rsqrt()
    grad = batch_norm_backward(column(v["push"]), column(v["xHat"]), one(1.0), rstd, 1)[0].flatten()
    same("gradient", v["gradient"], grad.tolist())
    same("what is left", v["kept"], (grad/rstd).tolist())
    parts = [a - v["first"] - b for a, b in zip(v["push"], v["second"])]
    same("what comes in without the two parts", v["kept"], parts)
    same("length that is left", v["left"], math.hypot(*v["kept"]) / math.hypot(*v["push"]))


def depth_and_rate(v: dict) -> None:
    "It shows what the table of the chapter says, which is printed by the cell that trained the networks."
    rows = re.findall(r"^ *(\d+) +([\d.]+) +([\d.]+) to ([\d.]+) +([\d.]+) to ([\d.]+) *$", unescape(get(f"{URL}makemore.html")[1].decode()), re.M)
    table = {(int(d), float(r)): list(map(float, rest)) for d, r, *rest in rows}
    assert len(table) == 9, f"the chapter's table has {len(table)} rows that can be read"
    shown, told = [v[k] for k in ("plainBest", "plainWorst", "batchBest", "batchWorst")], table[v["depth"], v["rate"]]
    assert shown == told, f"{v['depth']} layers at {v['rate']}: it shows {shown}, the table says {told}"
    same("an even guess", v["nothing"], math.log(27))


# ---- what a reader does

@dataclass(frozen=True)
class Figure:
    "An interactive figure of the book."
    id: str
    file: str                                   # name of its module and still picture, without ending
    page: str                                   # the page it is on
    agree: Callable[[dict], None]               # raises AssertionError unless the shown values are those of the package
    slider: str                                 # what is moved
    shown: dict[str, str]                       # data-part that shows a number to two digits: the value it shows
    buttons: tuple[str, ...]                    # each of them, in this order, changes the values

    @property
    def dot(self) -> bool:
        "Whether its slider is a dot in the picture, and not a range."
        return "role=slider" in self.slider


FIGURES = (
    Figure("figure-five-points", "five_points", "normalize.html", five_points, "[role=slider][aria-label='Example 3']",
           {"mean": "mean", "std": "std"}, ("double", "again", "add", "alike")),
    Figure("figure-gain-shift", "gain_shift", "scale_shift.html", gain_shift, "[data-part=gamma]",
           {"mean": "mean", "std": "std", "gammaNow": "gamma", "betaNow": "beta"}, ("linear", "switch", "happy", "begin")),
    Figure("figure-who-rides-along", "who_rides_along", "coupling.html", who_rides_along, "[data-part=size]",
           {"answer": "answer", "jitter": "jitter", "law": "law"}, ("redraw", "more")),
    Figure("figure-running-average", "running_average", "layer.html", running_average, "[data-part=steps]",
           {"mean": "mean", "variance": "variance", "answer": "answer"}, ("step", "again", "batches")),
    Figure("figure-shared-axes", "shared_axes", "relatives.html", shared_axes, "[data-part=feature]",
           {"value": "value", "mean": "mean", "std": "std", "answer": "answer"}, ("layer", "groups", "instance", "token", "batch")),
    Figure("figure-lost-directions", "lost_directions", "backward.html", lost_directions, "[data-part=add]",
           {"sum": "sum", "product": "product"}, ("other", "again", "two", "six")),
    Figure("figure-depth-and-rate", "depth_and_rate", "makemore.html", depth_and_rate, "[data-part=depth]",
           {k: k for k in ("plainBest", "plainWorst", "batchBest", "batchWorst")}, ("deep", "again")),
)


def part(fig: Locator, name: str) -> Locator: return fig.locator(f"[data-part={name}]")


def values(fig: Locator) -> dict:
    "What a figure says that it shows."
    return json.loads(fig.get_attribute("data-values"))


def look(fig: Locator, f: Figure) -> dict:
    "Its values, after making sure that they are the package's and that the text in the page says the same."
    v = values(fig)
    f.agree(v)
    for name, key in f.shown.items():
        text = part(fig, name).inner_text().replace("\u2212", "-")
        if v[key] is None: assert text == "\u2013", f"the page says {name} {text}, where there is none"
        else: assert abs(float(text) - v[key]) <= 0.00501, f"the page says {name} {text}, the value is {v[key]}"
    return v


def changed(fig: Locator, f: Figure, before: dict, what: str) -> dict:
    v = look(fig, f)
    assert v != before, f"{what} changed nothing"
    return v


def visit(page: Page, f: Figure) -> Locator:
    "Go to a figure, wait until it is alive, and bring it into view."
    page.goto(f"{URL}{f.page}")
    fig = page.locator(f"#{f.id}")
    assert fig.count() == 1, f"{f.page} has no figure #{f.id}"
    page.wait_for_selector(f"#{f.id}[data-ready]", state="attached", timeout=10_000)
    fig.locator(f.slider).scroll_into_view_if_needed()
    return fig


def middle(slider: Locator, share: float = 0.5) -> tuple[float, float]:
    "The point of a slider to aim at: halfway up, at some share of its width."
    box = slider.bounding_box()
    return box["x"] + share*box["width"], box["y"] + box["height"]/2


def by_mouse(page: Page, f: Figure) -> None:
    "The mouse moves the figure's slider."
    fig = visit(page, f)
    before, slider = look(fig, f), fig.locator(f.slider)
    if not f.dot:
        page.mouse.click(*middle(slider, 0.8))
        changed(fig, f, before, "the mouse")
        return
    x, y = middle(slider)
    page.mouse.move(x + 6, y)                   # taken beside its middle, and moved faster than it can follow
    page.mouse.down()
    page.mouse.move(x + 66, y)
    page.mouse.up()
    moved = middle(slider)[0] - x
    assert abs(moved - 60) < 3, f"moved by 60 pixels, a dot goes {moved:.1f}"
    v = changed(fig, f, before, "dragging a dot")
    assert v["x"][2] > before["x"][2] and all(map(float.__ne__, v["normalized"], before["normalized"])), "not every normalized value moved"
    page.mouse.move(x + 70, y)
    assert values(fig) == v, "the dot follows the mouse after it was let go"


def by_keyboard(page: Page, f: Figure) -> None:
    "The arrow keys move the slider, and the Tab key reaches every control."
    fig = visit(page, f)
    before, slider = look(fig, f), fig.locator(f.slider)
    slider.focus()
    page.keyboard.press("ArrowRight")
    right = changed(fig, f, before, "the right arrow")
    page.keyboard.press("ArrowLeft")
    if "answers" not in before: assert look(fig, f) == before, "the left arrow does not undo the right one"
    page.keyboard.press("End")
    assert changed(fig, f, before, "the End key") != right, "the End key goes no farther than an arrow"
    assert slider.evaluate("e => e.matches(':focus-visible')"), "the slider lost the focus, or it cannot be seen"
    stops = fig.locator("input, button, [tabindex='0']").evaluate_all("all => all.filter((e) => e.type !== 'radio' || e.checked).length")
    fig.evaluate("e => { e.tabIndex = -1; e.focus(); }")
    for k in range(stops):
        page.keyboard.press("Tab")
        inside = fig.evaluate("e => e.contains(document.activeElement) && e !== document.activeElement")
        assert inside, f"the Tab key leaves the figure after {k} of {stops} controls"


def by_touch(page: Page, f: Figure) -> None:
    "A finger moves the slider, a tap on a range or a drag of a dot, and finds every control large enough."
    fig = visit(page, f)
    before, slider = look(fig, f), fig.locator(f.slider)
    if f.dot:
        x, y = middle(slider)
        finger = page.context.new_cdp_session(page)
        def touch(kind, *xs): finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x in xs]})
        touch("touchStart", x)
        for dx in range(4, 61, 4): touch("touchMove", x + dx)
        touch("touchEnd")
        moved = middle(slider)[0] - x
        assert abs(moved - 60) < 4, f"a finger goes 60 pixels, and the dot {moved:.1f}"
    else: page.touchscreen.tap(*middle(slider, 0.9))
    changed(fig, f, before, "a finger")
    small = fig.locator("button, input, [role=slider]").evaluate_all("""all => all.map((e) => e.type === "radio" ? e.parentElement : e)
        .map((e) => e.getBoundingClientRect()).filter((r) => r.width < 24 || r.height < 24).length""")
    assert not small, f"{small} controls are smaller than 24 pixels"


def by_buttons(page: Page, f: Figure) -> None:
    "Each button does something, and what it does is right."
    fig = visit(page, f)
    for name in f.buttons:
        before = look(fig, f)
        part(fig, name).click()
        changed(fig, f, before, f"the button {name}")


# ---- what the captions claim

def five_points_teach(page: Page, fig: Locator, look: Callable[[], dict]) -> None:
    def far(): return max(map(abs, look()["normalized"]))
    first = look()
    for name in ("add", "double"):
        part(fig, "again").click()
        part(fig, name).click()
        v = look()
        off = max(abs(a - b) for a, b in zip(v["normalized"], first["normalized"]))
        assert v["x"] != first["x"] and off < 1e-5, f"{name} moved a normalized value by {off}, or no x"
    part(fig, "double").click()
    page.clock.run_for(300)
    assert look() == v and "No room" in part(fig, "says").inner_text(), "examples leave the picture"
    part(fig, "alike").click()
    assert far() < 1e-9, "five examples that are alike are not at zero"
    landed = []
    for _ in range(2):
        fig.locator("[aria-label='Example 3']").press("PageUp")
        landed.append(look()["normalized"])
    assert max(abs(a - b) for a, b in zip(*landed)) < 1e-4, "when four are alike it matters how far the fifth goes"
    part(fig, "again").click()
    for name in ("add", "double"):
        before = look()["x"]
        part(fig, name).click()
        assert look()["x"] != before, f"after the other button there is no room to {name}"
    part(fig, "again").click()
    for k, key in ((5, "End"), (1, "Home"), (2, "Home"), (3, "Home"), (4, "Home")):
        fig.locator(f"[aria-label='Example {k}']").press(key)
        assert far() < 4/math.sqrt(5), "an example is farther out than (n-1)/sqrt(n)"
    assert far() > 4/math.sqrt(5) - 1e-6, "the farthest example does not reach (n-1)/sqrt(n)"


def gain_shift_teach(page: Page, fig: Locator, look: Callable[[], dict]) -> None:
    begin = look()["flat"]
    part(fig, "linear").click()
    assert look()["flat"] == 0 < begin < 0.1, "a small gamma does not make the neuron linear"
    part(fig, "switch").click()
    assert look()["flat"] > 0.5, "a large gamma does not make it a switch"
    part(fig, "begin").click()
    part(fig, "happy").click()
    assert look()["gamma"] == 1, "the button for trigger-happy touches gamma"
    page.clock.run_for(300)
    assert "\u2713 Trigger-happy" in part(fig, "says").inner_text(), "it does not say that the second task is done"
    part(fig, "begin").click()
    found = []
    for gamma in ("1.1", "1.15", "1.2", "1.25", "1.3"):
        part(fig, "gamma").fill(gamma)
        page.clock.run_for(300)
        if "\u2713 Found" in part(fig, "says").inner_text(): found.append(look()["flat"])
    assert found and all(1.85 < share/begin < 2.15 for share in found), f"it calls these shares twice {begin}: {found}"
    part(fig, "beta").press("End")
    v = look()
    assert v["up"] > 0.5 > 10*v["down"], "a large beta does not make it trigger-happy"
    part(fig, "begin").click()
    part(fig, "gamma").press("Home")
    v = look()
    assert v["gamma"] == -4 and abs(v["std"] - 4) < 1e-4, "a negative gamma does not turn it round and stretch it"


def who_rides_along_teach(page: Page, fig: Locator, look: Callable[[], dict]) -> None:
    jitter = []
    for k in (3, 5, 7):                                                 # batches of 16, 64, 256
        part(fig, "size").fill(str(k))
        for _ in range(4): part(fig, "more").click()
        v = look()
        jitter.append(v["jitter"])
        assert abs(v["jitter"]/v["law"] - 1) < 0.2, f"jitter {v['jitter']:.3f} in batches of {v['n']}, the law says {v['law']:.3f}"
    assert all(1.6 < a/b < 2.4 for a, b in itertools.pairwise(jitter)), f"four times the batch does not halve the jitter: {jitter}"
    part(fig, "redraw").click()
    assert look()["answer"] != v["answer"], "in training the answer stands still"
    part(fig, "evaluation").click()
    before = look()
    part(fig, "redraw").click()
    page.clock.run_for(300)
    assert "Redrawn once" in part(fig, "says").inner_text(), "in evaluation the button seems dead"
    v = look()
    assert v["batch"] != before["batch"] and v["answer"] == before["answer"], "in evaluation the answer moves"
    part(fig, "training").click()
    assert look()["answer"] != v["answer"], "back in training the answer still stands still"


def running_average_teach(page: Page, fig: Locator, look: Callable[[], dict]) -> None:
    for k, words in ((0, "Nothing is measured"), (43, "Too early"), (44, "The start has faded")):
        part(fig, "steps").fill(str(k))
        page.clock.run_for(300)
        said = part(fig, "says").inner_text()
        assert look()["steps"] == k and words in said, f"after {k} steps it says: {said}"
    part(fig, "again").click()
    page.clock.pause_at(datetime.now() + timedelta(minutes=1))          # from here on time passes only as told
    part(fig, "play").click()
    page.clock.run_for(1000)
    assert 10 < look()["steps"] < 20, f"in a second it plays {look()['steps']} steps"
    part(fig, "play").click()
    steps = look()["steps"]
    page.clock.run_for(1000)
    assert look()["steps"] == steps, "it plays on when it is paused"
    part(fig, "steps").fill("160")
    part(fig, "momentum").fill("5")
    page.clock.run_for(300)
    assert "quicker and noisier: none is both" in part(fig, "says").inner_text(), "its own question is not answered"
    safe, noise = [], []
    for k in range(7):
        part(fig, "momentum").fill(str(k))
        v = look()
        safe.append(v["faded"])
        noise.append(v["noise"])
    assert safe == sorted(safe, reverse=True) and noise == sorted(noise), "a larger momentum is not quicker and noisier"


def shared_axes_teach(page: Page, fig: Locator, look: Callable[[], dict]) -> None:
    sizes = {}
    for norm in ("batch", "layer", "groups", "instance", "token"):
        part(fig, norm).click()
        page.clock.run_for(300)
        v, said = look(), part(fig, "says").inner_text()
        sizes[norm] = v["shared"]
        others = {k // 24 for k in v["members"]} != {v["chosen"][0]}
        assert others == (norm == "batch") == ("depends on the other examples" in said), f"{norm} says: {said}"
    assert sizes == dict(batch=16, layer=24, groups=12, instance=4, token=6), sizes
    fig.locator(".bn-stage .cell").last.click()
    assert look()["chosen"] == [3, 5, 3], "a tap on a value does not choose it"


def lost_directions_teach(page: Page, fig: Locator, look: Callable[[], dict]) -> None:
    def left(): return look()["kept"]
    first = left()
    for name in ("add", "along"):
        before = look()["push"]
        part(fig, name).press("End")
        assert look()["push"] != before, f"the slider {name} changes nothing"
    off = max(abs(a - b) for a, b in zip(left(), first))
    assert off < 1e-4, f"the two sliders move what is left by {off}"
    part(fig, "other").click()
    assert max(abs(a - b) for a, b in zip(left(), first)) > 0.1, "another gradient leaves the same"
    part(fig, "two").click()
    assert look()["left"] < 1e-3, "something is left of two examples"


def depth_and_rate_teach(page: Page, fig: Locator, look: Callable[[], dict]) -> None:
    for d, r in itertools.product(range(3), range(3)):
        part(fig, "depth").fill(str(d))
        part(fig, "rate").fill(str(r))
        page.clock.run_for(300)
        v, said = look(), part(fig, "says").inner_text()
        assert ("nothing was learned" in said) == (v["plainBest"] > v["nothing"]) == (d > 0 and r == 2), said
        assert v["batchWorst"] < 2.8, f"with batch norm a network does not learn: {said}"
        if r < 2: assert abs(v["plainBest"] - v["batchBest"]) < 0.1, f"at the smaller rates there is a difference: {said}"


TEACH = dict(depth_and_rate=depth_and_rate_teach, shared_axes=shared_axes_teach, lost_directions=lost_directions_teach, five_points=five_points_teach, gain_shift=gain_shift_teach, who_rides_along=who_rides_along_teach,
             running_average=running_average_teach)


def teaches(page: Page, f: Figure) -> None:
    "What the caption claims is what one sees."
    page.clock.install()                        # the sentence waits a moment: time is ours here
    fig = visit(page, f)
    TEACH[f.file](page, fig, lambda: look(fig, f))


# ---- how it sits in the page

def speaks_when_settled(page: Page, f: Figure) -> None:
    "The sentence for screen readers changes once when the reader comes to rest, and not at each step."
    page.clock.install()
    fig = visit(page, f)
    says = part(fig, "says")
    page.clock.pause_at(datetime.now() + timedelta(minutes=1))          # from here on time passes only as told
    assert says.get_attribute("role") == "status" and len(says.inner_text()) > 20, "it says nothing at first"
    says.evaluate("e => { window.said = 0; new MutationObserver(() => { window.said += 1; }).observe(e, { childList: true }); }")
    for way in ("Right", "Right", "Left", "Right"):         # a slider may have three places only
        fig.locator(f.slider).press(f"Arrow{way}")
        page.clock.run_for(100)
    assert page.evaluate("window.said") == 0, "it speaks while the slider moves"
    page.clock.run_for(500)
    assert page.evaluate("window.said") == 1, f"it spoke {page.evaluate('window.said')} times"
    loud = fig.locator("output:not([aria-live=off])").count()
    assert not loud, f"{loud} outputs speak at every step"


def keeps_its_place(page: Page, f: Figure) -> None:
    "The figure is as high before its script has run as after, wherever its controls are; nothing scrolls sideways or leaves the picture."
    def height() -> float: return page.locator(f"#{f.id}").bounding_box()["height"]
    page.clock.install()
    page.route("**/figures/*.js", lambda route: route.abort())
    page.goto(f"{URL}{f.page}")
    page.locator(f"#{f.id} [data-part=still]").wait_for()
    before = height()
    page.unroute("**/figures/*.js")
    fig = visit(page, f)

    def still(what: str) -> None:
        page.clock.run_for(300)
        assert abs(height() - before) < 1, f"{before} pixels high at first, {height()} {what}"
    still("when its script has run")
    ranges = fig.locator("input[type=range]").evaluate_all("all => all.map((e) => [e.dataset.part, ...[e.min, e.max, e.step].map(Number)])")
    places = [[a + step * round((b - a) / step * k / 6) for k in range(7)] for _, a, b, step in ranges]
    for setting in itertools.product(*places):
        fig.evaluate("(fig, all) => { for (const [name, v] of all) { const e = fig.querySelector(`[data-part=${name}]`); e.value = v; e.dispatchEvent(new Event('input')); } }",
                     [[name, v] for (name, *_), v in zip(ranges, setting)])
        still(f"with its sliders at {setting}")
    for key in ("End", "Home"):
        fig.locator(f.slider).press(key)
        still(f"after the key {key}")
    for button in fig.locator("button, [type=radio]").all():
        button.click()
        still(f"after a click on {button.get_attribute('data-part')}")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"the page is {wide} pixels wider than the screen"
    outside = fig.locator(".bn-stage text").evaluate_all("""all => all.filter((e) => {
        const a = e.getBoundingClientRect(), b = e.ownerSVGElement.getBoundingClientRect();
        return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1;
    }).map((e) => e.textContent)""")
    assert not outside, f"words that leave the picture: {outside}"


def keeps_its_place_on_a_phone(page: Page, f: Figure) -> None:
    "The same where the screen is narrow."
    keeps_its_place(page, f)


def without_script(page: Page, f: Figure) -> None:
    "Where JavaScript is off there is a still picture with a description, a sentence, and no dead control."
    page.goto(f"{URL}{f.page}")
    fig = page.locator(f"#{f.id}")
    still, sentence = part(fig, "still"), fig.locator("noscript p")
    still.scroll_into_view_if_needed()
    assert still.is_visible() and len(still.get_attribute("alt")) > 40, "there is no still picture, or it has no description"
    there = page.request.get(f"{URL}{still.get_attribute('src')}").ok and still.bounding_box()["height"] > 100
    assert there, "the still picture is missing"
    assert sentence.is_visible() and len(sentence.inner_text()) > 60, "there is no sentence"
    assert not fig.locator(".bn-controls").is_visible(), "there are controls that do nothing"


def draw_still(page: Page, f: Figure) -> str:
    "The picture as it is at first, as a file of its own: the figure's SVG with the rules and colours that it needs."
    fig = visit(page, f)
    fig.locator(".bn-stage").evaluate("(e, w) => { e.style.width = `${w}px`; }", STILL_WIDTH)
    page.wait_for_selector(f"#{f.id} .bn-stage svg[width='{STILL_WIDTH}']")
    svg = fig.locator(".bn-stage svg").evaluate("e => new XMLSerializer().serializeToString(e)")
    css = (SOURCES / "figures.css").read_text(encoding="utf-8")
    colours = {**COLORS, "ink": COLORS["grey"], "words": COLORS["grey"], "sans": "sans-serif", "ground": "none"}
    rules = re.search(r"/\* still: from.*?\*/\n(.*?)/\* still: end \*/", css, re.S)[1]
    rules = re.sub(r"var\(--fig-(\w+)\)", lambda m: colours[m[1]], rules)
    svg = re.sub(r' (?:role|tabindex|aria-[a-z]+)="[^"]*"', "", svg).replace("<svg ", '<svg class="bn-stage" ', 1)
    head = re.match(r"<svg [^>]*>", svg)[0]
    return (f"{head}\n<style>\n{rules}</style>\n" + svg.removeprefix(head)).replace("><", ">\n<") + "\n"


def still_is_fresh(page: Page, f: Figure) -> None:
    "The still picture in the repository is what the figure shows at first."
    path = SOURCES / f"{f.file}.svg"
    fresh = path.is_file() and path.read_text(encoding="utf-8") == draw_still(page, f)
    assert fresh, f"{path.name} is not what the figure draws: python -m tools site --stills"


# ---- all of it

CHECKS = (by_mouse, by_keyboard, by_touch, by_buttons, teaches, speaks_when_settled, keeps_its_place, keeps_its_place_on_a_phone, without_script,
          still_is_fresh)
MORE = {by_touch: {"has_touch": True, "is_mobile": True}, without_script: {"java_script_enabled": False}}


@pytest.mark.parametrize("f", FIGURES, ids=lambda f: f.file)
@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_figure(check, f, browser):
    "What a figure does, and that nothing goes wrong in its scripts meanwhile."
    width = PHONE if check in (by_touch, keeps_its_place_on_a_phone) else DESK
    context = browser.new_context(viewport={"width": width, "height": 844 if width == PHONE else 900}, reduced_motion="reduce", **MORE.get(check, {}))
    page, noise = context.new_page(), []
    page.on("pageerror", lambda e: noise.append(str(e)))
    def note(m):                                        # what goes wrong elsewhere on the page is not the figure's
        if m.type == "error" and "/figures/" in m.location.get("url", "") and "ERR_FAILED" not in m.text: noise.append(m.text)
    page.on("console", note)
    try:
        check(page, f)
        assert not noise, f"the console says: {noise[0]}"
    finally: context.close()
