// Gamma and beta: what they make of a batch of normalized numbers on their way through tanh.
import { batchStatistics, draw, EDGE, FLAT, isFlat, normalize, normals, scaleShift, share } from "./math.js";
import { axis, digits, line, NARROW, path, percent, rect, scale, start, text, ticks } from "./figure.js";

const END = 8, BINS = 40, OUT = 20;
const raw = draw(normals(7), 1000), first = batchStatistics(raw);
const xHat = raw.map((v) => normalize(v, first.mean, first.variance));      // the batch: mean 0, standard deviation 1
const PRESETS = { begin: [1, 0], linear: [0.3, 0], switch: [4, 0], happy: [1, 2] };

/** How many numbers lie in each of `bins` boxes between lo and hi: [those that are not flat, all]. What lies outside is in the last box. */
function count(numbers, lo, hi, bins, flat) {
  const boxes = Array.from({ length: bins }, () => [0, 0]);
  for (const v of numbers) {
    const box = boxes[Math.max(0, Math.min(bins - 1, Math.floor((v - lo) / (hi - lo) * bins)))];
    box[1] += 1;
    if (!flat(v)) box[0] += 1;
  }
  return boxes;
}
const peak = (boxes) => Math.max(...boxes.map(([, all]) => all));
const begin = count(xHat, -END, END, BINS, isFlat), flatAtFirst = share(xHat, isFlat);

/** What such a neuron is like, and whether it is one of the two that the reader is asked for. */
function kind(gamma, beta, flat, up, down) {
  if (beta === 0 && Math.abs(flat / flatAtFirst - 2) < 0.1) return `\u2713 Found: with gamma ${digits(gamma)}, twice as many outputs are flat as at the start.`;
  if (gamma === 1 && up > 0.1 && up > 3 * down) return "\u2713 Trigger-happy, and gamma is still 1.";
  if (gamma === 0) return "With gamma 0 nothing of the input gets through: the neuron gives one answer, whatever comes in.";
  if (up > 0.9) return "Stuck at 1: hardly anything of the input gets through.";
  if (down > 0.9) return "Stuck at \u22121: hardly anything of the input gets through.";
  if (up > 0.1 && up > 3 * down) return "Trigger-happy: the neuron is easily set off.";
  if (down > 0.1 && down > 3 * up) return "Less trigger-happy: the neuron is hard to set off.";
  if (flat > 0.4) return "A switch: the neuron mostly says 1 or \u22121.";
  if (flat < 0.005) return "Nearly linear: the neuron barely bends.";
  if (gamma === 1 && beta === 0) return "The start of training: standard deviation 1, and few outputs are flat.";
  return "Between a linear neuron and a switch.";
}

start("figure-gain-shift", (parts, update) => {
  const state = () => {
    const gamma = Number(parts.gamma.value), beta = Number(parts.beta.value);
    const y = xHat.map((v) => scaleShift(v, gamma, beta)), { mean, variance } = batchStatistics(y);
    const up = share(y, (v) => Math.tanh(v) > FLAT), down = share(y, (v) => Math.tanh(v) < -FLAT);
    return { gamma, beta, mean, std: Math.sqrt(variance), flat: share(y, isFlat), up, down, y };
  };
  const set = (gamma, beta) => { [parts.gamma.value, parts.beta.value] = [gamma, beta]; update(); };
  for (const name of ["gamma", "beta"]) parts[name].oninput = update;
  for (const [name, preset] of Object.entries(PRESETS)) parts[name].onclick = () => set(...preset);

  return {
    role: "img",
    values: () => ({ ...state(), xHat }),
    sentence() {
      const { gamma, beta, flat, up, down } = state();
      const shares = `${percent(flat)} of its outputs are flat: ${percent(up)} at 1, ${percent(down)} at \u22121.`;
      const turned = gamma < 0 ? " The minus turns it round: large inputs give small outputs." : "";
      return `${kind(gamma, beta, flat, up, down)}${turned} ${shares}`;
    },
    show() {
      const { gamma, beta, mean, std, flat } = state();
      const words = { gammaNow: digits(gamma), betaNow: digits(beta), mean: digits(mean), std: digits(std), flat: percent(flat) };
      for (const [k, v] of Object.entries(words)) parts[k].textContent = v;
    },
    draw(width, height) {
      const { y } = state(), narrow = width < NARROW;
      const left = 26, right = width - Math.max(64, 0.18 * width) - 14, side = right + 10, base = height - 44, middle = base - 84;
      const x = scale(-END, END, left, right), t = scale(-1, 1, middle - 14, 26);
      const inputs = count(y, -END, END, BINS, isFlat), outputs = count(y.map(Math.tanh), -1, 1, OUT, (v) => Math.abs(v) > FLAT);
      const up = scale(0, Math.max(peak(inputs), peak(begin)), base, middle + 6);
      const across = scale(0, Math.max(peak(outputs), 160), side, width - 4);
      // the edges of bar k, a little apart
      const column = (k) => [x(-END + 2 * END * k / BINS) + 0.25, x(-END + 2 * END * (k + 1) / BINS) - 0.25];
      const row = (k) => [t(-1 + 2 * k / OUT) - 0.25, t(-1 + 2 * (k + 1) / OUT) + 0.25];
      const bars = inputs.flatMap(([live, all], k) => { const [a, b] = column(k);
        return [rect(a, up(0), b, up(live), "live"), rect(a, up(live), b, up(all), "flat")]; });
      const rows = outputs.flatMap(([live, all], k) => { const [a, b] = row(k);
        return [rect(across(0), a, across(live), b, "live"), rect(across(live), a, across(all), b, "flat")]; });
      const outline = begin.flatMap(([, all], k) => column(k).map((edge) => [edge, up(all)]));
      const curve = Array.from({ length: 161 }, (_, k) => -END + k / 10).map((v) => [x(v), t(Math.tanh(v))]);
      const outside = y.filter((v) => Math.abs(v) > END).length;
      const name = outside ? `input of tanh (${outside} lie farther out)` : "input of tanh";
      const drawn = [...bars, ...rows].filter((e) => e.getAttribute("width") > 0 && e.getAttribute("height") > 0);
      return [
        rect(x(-END), 16, x(-EDGE), base, "zone"), rect(x(EDGE), 16, x(END), base, "zone"),
        line(x(0), 16, x(0), base, "reference"), line(left, t(0), right, t(0), "reference"), path(curve, "curve"),
        ...drawn, path(outline, "outline"), line(side, t(-1), side, t(1), "axis"), ...ticks(left - 4, t, [-1, 0, 1]),
        axis(x, base, narrow ? [-8, -4, 0, 4, 8] : [-8, -6, -4, -2, 0, 2, 4, 6, 8], name, left, right),
        text(left + 4, 12, narrow ? "orange: flat" : "tanh (orange: where it is flat)", "label"),
        text(side, 12, narrow ? "outputs" : "output of tanh", "label"),
      ];
    },
  };
});
