// Depth and rate: how far networks come in the same number of steps, with batch norm and without it, by depth and learning rate.
import { batchStatistics } from "./math.js";
import { digits, dot, dots, el, line, minus, NARROW, path, rect, scale, start, text } from "./figure.js";
import runs from "./depth_and_rate_runs.js";

const { depths, rates } = runs, LETTERS = 27, NOTHING = Math.log(LETTERS), EVEN = 0.05;       // NOTHING: the loss of an even guess; EVEN: less is no difference
const mean = (losses) => batchStatistics(losses).mean;
const all = [...runs.plain.flat(3), ...runs.suited.flat(3), ...runs.batch.flat(3)], LOW = Math.min(...all), HIGH = Math.max(...all);

start("figure-depth-and-rate", (parts, update) => {
  const state = () => {
    const d = Number(parts.depth.value), r = Number(parts.rate.value), kind = parts.suited.checked ? "suited" : "plain";
    const plain = runs[kind][d][r], batch = runs.batch[d][r];
    return { depth: depths[d], rate: rates[r], kind, plain, batch, plainMean: mean(plain), batchMean: mean(batch), ahead: mean(plain) - mean(batch), nothing: NOTHING };
  };
  parts.depth.max = depths.length - 1;
  parts.rate.max = rates.length - 1;
  for (const name of ["depth", "rate", "plain", "suited"]) parts[name].oninput = update;
  const range = (losses) => `${digits(Math.min(...losses))} to ${digits(Math.max(...losses))}`;

  return {
    role: "img",
    values: state,
    sentence() {
      const s = state(), at = `${s.depth} layers at rate ${s.rate}`, both = `the plain networks end at ${range(s.plain)}, those with batch norm at ${range(s.batch)}`;
      if (Math.min(...s.plain) > NOTHING) return `${at}: ${both}. An even guess has ${digits(NOTHING)}, so without batch norm nothing was learned.`;
      if (Math.abs(s.ahead) < EVEN) return `${at}: ${both}. Between the means lies ${digits(Math.abs(s.ahead))}: hardly a difference.`;
      return `${at}: ${both}. ${s.ahead > 0 ? "Batch norm" : "The plain network"} is ahead by ${digits(Math.abs(s.ahead))}.`;
    },
    show() {
      const s = state();
      parts.depthNow.textContent = s.depth;
      parts.rateNow.textContent = s.rate;
      parts.depth.setAttribute("aria-valuetext", `${s.depth} layers`);
      parts.rate.setAttribute("aria-valuetext", `rate ${s.rate}`);
      for (const k of ["plainMean", "batchMean", "ahead"]) parts[k].textContent = digits(s[k]);
    },
    draw(width, height) {
      const s = state(), narrow = width < NARROW, left = 34, right = width - 10, base = height - 42, top = 30;
      const log = scale(Math.log(LOW) - 0.06, Math.log(HIGH) + 0.06, base, top), y = (v) => log(Math.log(v)), step = (right - left) / rates.length;
      const x = (r) => left + (r + 0.5) * step, d = depths.indexOf(s.depth), here = rates.indexOf(s.rate);
      const curve = (kind, k, cls) => path(rates.map((_, r) => [x(r), y(mean(runs[kind][k][r]))]), cls);
      const seeds = (kind, shift, cls) => dots(rates.flatMap((_, r) => runs[kind][d][r].map((v) => [x(r) + shift, y(v)])), cls);
      const others = depths.flatMap((_, k) => k === d ? [] : [curve(s.kind, k, "steady faded"), curve("batch", k, "trace first faded")]);
      const marks = [2.5, 3, 4, 6, 10, 20].filter((v) => v > LOW && v < HIGH);
      return [
        text(left, 12, narrow ? "loss; faint: other depths" : "loss on new names after 600 steps, on a logarithmic scale; faint: the other depths", "label"),
        rect(x(here) - step / 2 + 1, top - 6, x(here) + step / 2 - 1, base, "column"),
        ...marks.flatMap((v) => [line(left - 4, y(v), left, y(v), "axis"), text(left - 8, y(v) + 4, v, "tick", "end")]),
        line(left, top - 6, left, base, "axis"), line(left, base, right, base, "axis"),
        line(left, y(NOTHING), right, y(NOTHING), "reference"), text(left + 8, y(NOTHING) - 6, "an even guess", "tick halo"),
        el("g", {}, ...others), curve(s.kind, d, "steady"), curve("batch", d, "trace first"), seeds(s.kind, -4, "still-there"), seeds("batch", 4, "live"),
        dot(left + 14, top + 6, 4.5, "one"), text(left + 26, top + 10, narrow ? "without" : "without batch norm", "label"),
        dot(left + 14, top + 24, 4.5, "live"), text(left + 26, top + 28, "with batch norm", "label"),
        ...rates.map((r, k) => text(x(k), base + 17, minus(r), k === here ? "tick chosen" : "tick", "middle")),
        text((left + right) / 2, base + 34, "learning rate", "label", "middle"),
      ];
    },
  };
});
