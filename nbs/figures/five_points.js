// Five points: a batch of five numbers of one feature, each of which can be dragged; what normalization makes of them.
import { batchStatistics, isFlat, normalize } from "./math.js";
import { axis, digits, dot, el, line, NARROW, scale, spread, start, text } from "./figure.js";

const FIRST = [-2, -0.5, 1, 2, 3], END = 8, STEP = 0.1, LEAP = 1;
const KEYS = {
  ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP, PageUp: LEAP, PageDown: -LEAP, Home: -2 * END, End: 2 * END,
};
const FARTHEST = (FIRST.length - 1) / Math.sqrt(FIRST.length);      // no example of five lies farther out, in standard deviations
const LEGEND = "value (orange: tanh is flat; green: mean and one std to each side)", SHORT = "orange: tanh flat; green: mean, std";

/** The number over each dot; dots in one place share their words. */
function labels(places) {
  const res = [];
  for (const [at, k] of places.map((v, k) => [v, k + 1]).sort((a, b) => a[0] - b[0])) {
    const last = res.at(-1);
    if (last && at - last.to < 10) Object.assign(last, { to: at, words: `${last.words} ${k}` });
    else res.push({ from: at, to: at, words: `${k}` });
  }
  return res.map((l) => text((l.from + l.to) / 2, 33, l.words, "tick", "middle"));
}

start("figure-five-points", (parts, update) => {
  let x = [...FIRST], said = () => far(4), map = null;
  const state = () => {
    const { mean, variance } = batchStatistics(x);
    const centred = x.map((v) => v - mean), normalized = x.map((v) => normalize(v, mean, variance));
    return { x, mean, variance, std: Math.sqrt(variance), centred, normalized };
  };

  // ---- what can be said
  const far = (k) => {
    const z = state().normalized[k], side = z < 0 ? "below" : "above", others = x.filter((_, j) => j !== k);
    const place = digits(z) === "0.00" ? "at the mean" : `${digits(Math.abs(z))} standard deviations ${side} the mean`;
    if (others.every((v) => v === others[0])) return `Example ${k + 1} lies ${place}, as far out as one of five can. `
      + "The other four are alike, so there it stays, however far it goes.";
    return `Example ${k + 1} lies ${place}. In a batch of five none can lie farther out than ${digits(FARTHEST)}.`;
  };
  const alike = () => "All five are alike: nothing is left to divide by, and epsilon turns zero over zero into 0.";
  const slid = () => "Every x went up by 1, and the mean with it: the normalized values stay.";
  const stretched = () => "Every x has doubled, and mean and standard deviation with it: the normalized values stay"
    + `${state().std < 1 ? ", but for a trace of epsilon, which has not doubled" : ""}.`;
  const full = () => `No room for that: the picture ends at ${END}. Start again, or bring the dots nearer to 0.`;

  // ---- the five handles: sliders for mouse, finger and keyboard
  const put = (k, v) => {
    x[k] = Number(Math.min(END, Math.max(-END, v)).toFixed(1));
    said = () => far(k);
    update();
  };
  const handles = FIRST.map((_, k) => {
    const name = { role: "slider", tabindex: 0, "aria-label": `Example ${k + 1}`, "aria-valuemin": -END, "aria-valuemax": END };
    const h = el("g", { class: "handle", ...name }, dot(0, 0, 16, "target"), dot(0, 0, 9, "knob"));
    h.addEventListener("keydown", (e) => {
      if (!(e.key in KEYS)) return;
      e.preventDefault();
      put(k, x[k] + KEYS[e.key]);
    });
    h.addEventListener("pointerdown", (e) => {
      const grip = e.clientX - map(x[k]);           // so that the dot does not jump under the finger
      e.preventDefault();
      h.focus({ preventScroll: true });
      h.setPointerCapture(e.pointerId);
      h.onpointermove = (m) => put(k, map.back(m.clientX - grip));
      h.onpointerup = h.onpointercancel = () => { h.onpointermove = null; };
    });
    return h;
  });

  // ---- the buttons act on all five
  const all = (f, sentence) => {
    const moved = x.map((v, k) => Number(f(v, k).toFixed(1)));
    if (moved.some((v) => Math.abs(v) > END)) said = full;
    else [x, said] = [moved, sentence];
    update();
  };
  parts.add.onclick = () => all((v) => v + 1, slid);
  parts.double.onclick = () => all((v) => 2 * v, stretched);
  parts.alike.onclick = () => { const { mean } = state(); all(() => mean, alike); };
  parts.again.onclick = () => all((_, k) => FIRST[k], () => far(4));

  return {
    role: "group",
    values: state,
    sentence: () => (state().std < 1e-9 && said !== full ? alike() : said()),
    show() {
      const { mean, std, normalized } = state();
      parts.mean.textContent = digits(mean);
      parts.std.textContent = digits(std);
      x.forEach((v, k) => {
        parts[`x${k + 1}`].textContent = digits(v, 1);
        parts[`n${k + 1}`].textContent = digits(normalized[k]);
        handles[k].setAttribute("aria-valuenow", v);
        handles[k].setAttribute("aria-valuetext", `${digits(v, 1)}, normalized ${digits(normalized[k])}`);
      });
    },
    draw(width) {
      const narrow = width < NARROW, left = 20, right = width - 20, { centred, normalized } = state();
      map = scale(-END, END, left, right);
      const rows = [[x, 48, "x"], [centred, 122, "x \u2212 mean"], [normalized, 196, "(x \u2212 mean) / std"]];
      const back = el("g", {}, line(map(0), 22, map(0), 222, "reference"),
        axis(map, 222, narrow ? [-8, -4, 0, 4, 8] : [-8, -6, -4, -2, 0, 2, 4, 6, 8], narrow ? SHORT : LEGEND, left, right));
      for (const side of [-1, 1]) back.append(line(map(side * FARTHEST), 180, map(side * FARTHEST), 212, "limit"));
      rows.forEach(([v, y, name], r) => {
        const { mean, variance } = batchStatistics(v), [above, yAbove] = rows[r - 1] ?? [];
        if (above) back.append(...v.map((value, k) => line(map(above[k]), yAbove, map(value), y, "thread")));
        back.append(text(left, y - 28, name, "name"), spread(map, y + 18, mean, Math.sqrt(variance)));
      });
      for (const [v, y] of rows.slice(1)) back.append(...v.map((value) => dot(map(value), y, 5.5, isFlat(value) ? "flat" : "live")));
      back.append(...labels(x.map(map)));
      handles.forEach((h, k) => {
        h.setAttribute("transform", `translate(${map(x[k]).toFixed(2)} 48)`);
        h.classList.toggle("flat", isFlat(x[k]));
      });
      return [back, ...handles];
    },
  };
});
