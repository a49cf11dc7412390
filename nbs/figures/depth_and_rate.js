// Depth and rate: how far networks come in the same number of steps, with batch norm and without it, by depth and learning rate.
import { digits, dot, el, line, minus, NARROW, path, rect, scale, start, text } from "./figure.js";
import runs from "./depth_and_rate_runs.js";

const { depths, rates } = runs, NOTHING = Math.log(27);                 // the loss of an even guess among 27 characters
const all = [...runs.plain.flat(2), ...runs.batch.flat(2)], LOW = Math.min(...all), HIGH = Math.max(...all), MARKS = [2.5, 3, 4, 6, 10, 20];

start("figure-depth-and-rate", (parts, update) => {
  const state = () => {
    const d = Number(parts.depth.value), r = Number(parts.rate.value), [plain, batch] = [runs.plain[d][r], runs.batch[d][r]];
    return { d, r, depth: depths[d], rate: rates[r], plainBest: plain[0], plainWorst: plain[1], batchBest: batch[0], batchWorst: batch[1], nothing: NOTHING };
  };
  parts.depth.max = depths.length - 1;
  parts.rate.max = rates.length - 1;
  for (const name of ["depth", "rate"]) parts[name].oninput = update;
  parts.deep.onclick = () => { parts.depth.value = parts.rate.value = depths.length - 1; update(); };
  parts.again.onclick = () => { parts.depth.value = parts.rate.value = 0; update(); };

  return {
    role: "img",
    values: state,
    sentence() {
      const s = state(), where = `${s.depth} layers, rate ${s.rate}: without batch norm ${digits(s.plainBest)} to ${digits(s.plainWorst)}, with it ${digits(s.batchBest)} to ${digits(s.batchWorst)}.`;
      if (s.plainBest > NOTHING) return `${where} An even guess has ${digits(NOTHING)}, so without batch norm nothing was learned.`;
      if (s.batchWorst < s.plainBest) return `${where} Every seed with batch norm is better than all without.`;
      if (s.plainWorst < s.batchBest) return `${where} Every seed without batch norm is better than all with it.`;
      return `${where} The two ranges meet: three seeds show no difference.`;
    },
    show() {
      const s = state();
      parts.depthNow.textContent = s.depth;
      parts.rateNow.textContent = s.rate;
      parts.depth.setAttribute("aria-valuetext", `${s.depth} layers`);
      parts.rate.setAttribute("aria-valuetext", `rate ${s.rate}`);
      for (const k of ["plainBest", "plainWorst", "batchBest", "batchWorst"]) parts[k].textContent = digits(s[k]);
    },
    draw(width, height) {
      const s = state(), narrow = width < NARROW, left = 34, right = width - 10, base = height - 42, top = 30, step = (right - left) / rates.length;
      const log = scale(Math.log(LOW) - 0.06, Math.log(HIGH) + 0.06, base, top), y = (v) => log(Math.log(v)), x = (r) => left + (r + 0.5) * step;
      const middle = ([best, worst]) => (best + worst) / 2;
      const curve = (kind, d, cls) => path(rates.map((_, r) => [x(r), y(middle(runs[kind][d][r]))]), cls);
      const seeds = (kind, side, cls, point) => rates.flatMap((_, r) => {
        const [best, worst] = runs[kind][s.d][r], at = x(r) + side;
        return [line(at, y(best), at, y(worst), cls), dot(at, y(best), 3.5, point), dot(at, y(worst), 3.5, point)];
      });
      const others = depths.flatMap((_, d) => d === s.d ? [] : [curve("plain", d, "steady faded"), curve("batch", d, "trace first faded")]);
      return [
        text(left, 12, narrow ? "loss; faint: the other depths" : "loss on new names after 600 steps, on a logarithmic scale; faint: the other depths", "label"),
        rect(x(s.r) - step / 2 + 1, top - 6, x(s.r) + step / 2 - 1, base, "column"),
        ...MARKS.filter((v) => v > LOW && v < HIGH).flatMap((v) => [line(left - 4, y(v), left, y(v), "axis"), text(left - 8, y(v) + 4, v, "tick", "end")]),
        line(left, top - 6, left, base, "axis"), line(left, base, right, base, "axis"),
        line(left, y(NOTHING), right, y(NOTHING), "reference strong"), text(left + 8, y(NOTHING) - 6, "an even guess", "tick halo"),
        el("g", {}, ...others), curve("plain", s.d, "steady"), curve("batch", s.d, "trace first"),
        ...seeds("plain", -5, "steady", "one"), ...seeds("batch", 5, "trace first", "live"),
        dot(left + 14, top + 6, 4.5, "one"), text(left + 26, top + 10, "without batch norm", "label"),
        dot(left + 14, top + 24, 4.5, "live"), text(left + 26, top + 28, "with batch norm", "label"),
        ...rates.map((rate, r) => text(x(r), base + 17, minus(rate), r === s.r ? "tick chosen" : "tick", "middle")),
        text((left + right) / 2, base + 34, "learning rate", "label", "middle"),
      ];
    },
  };
});
