// Lost directions: the gradient that comes back to a batch norm, the two parts of it that are taken out, and what is left.
import { backward, batchStatistics, draw, normalize, normals } from "./math.js";
import { digits, line, NARROW, percent, rect, scale, start, text } from "./figure.js";

const EPS = 1e-5, MOST = 3.6;                     // the longest bar
const length = (v) => Math.sqrt(v.reduce((sum, u) => sum + u * u, 0));

start("figure-lost-directions", (parts, update) => {
  let seed = 21;
  const state = () => {
    const n = parts.two.checked ? 2 : 6, add = Number(parts.add.value), along = Number(parts.along.value);
    const x = draw(normals(5), n), { mean, variance } = batchStatistics(x);
    const xHat = x.map((v) => normalize(v, mean, variance, EPS)), rstd = 1 / Math.sqrt(variance + EPS);
    const base = draw(normals(seed), n).map((v) => 1.6 * Math.tanh(v)), push = base.map((v, k) => v + add + along * xHat[k]);
    const first = batchStatistics(push).mean, share = push.reduce((sum, v, k) => sum + v * xHat[k], 0) / (n - 1);
    const kept = push.map((v, k) => v - first - xHat[k] * share);
    return { n, add, along, x, xHat, push, first, second: xHat.map((v) => v * share), kept, gradient: backward(push, xHat, rstd),
      left: length(kept) / length(push), sum: kept.reduce((a, v) => a + v, 0), product: kept.reduce((a, v, k) => a + v * xHat[k], 0) };
  };
  for (const name of ["add", "along", "two", "six"]) parts[name].oninput = update;
  const zero = () => { parts.add.value = parts.along.value = 0; };
  parts.other.onclick = () => { seed += 1; update(); };
  parts.again.onclick = () => { seed = 21; zero(); parts.six.checked = true; update(); };

  return {
    role: "img",
    values: state,
    sentence() {
      const s = state();
      if (s.n === 2) return "With two examples nothing is left but a trace of epsilon: the two lost directions are all there is.";
      const moved = s.add || s.along ? "You have changed the gradient that comes in, and the green bars have not moved." : "The orange parts are lost, whatever the loss is.";
      return `${moved} ${percent(s.left)} of its length is left. The green bars have no sum, and none when weighed by x\u0302.`;
    },
    show() {
      const s = state();
      parts.addNow.textContent = digits(s.add, 1);
      parts.alongNow.textContent = digits(s.along, 1);
      parts.left.textContent = percent(s.left);
      parts.sum.textContent = digits(s.sum);
      parts.product.textContent = digits(s.product);
    },
    draw(width, height) {
      const s = state(), narrow = width < NARROW, rows = [
        ["gradient that comes in", s.push, "first"], ["lost: its mean, the same for all", s.push.map(() => s.first), "flat"],
        ["lost: its part along x\u0302", s.second, "flat"], [narrow ? "left: what moves the inputs" : "left: what moves the inputs (up to a factor, one over the standard deviation)", s.kept, "kept"]];
      const high = (height - 22) / rows.length, left = 8, right = width - 8, step = (right - left) / s.n, half = Math.min(0.34 * step, 26);
      return [
        ...rows.flatMap(([name, values, cls], r) => {
          const y = scale(-MOST, MOST, (r + 1) * high - 2, r * high + 18), at = (k) => left + (k + 0.5) * step;
          return [line(left, y(0), right, y(0), "axis"), text(left, r * high + 12, name, "label"),
            ...values.map((v, k) => rect(at(k) - half, y(0), at(k) + half, y(Math.max(-MOST, Math.min(MOST, v))), `${cls} bar-of`))];
        }),
        ...s.x.map((_, k) => text(left + (k + 0.5) * step, height - 4, narrow ? k + 1 : `example ${k + 1}`, "tick", "middle")),
      ];
    },
  };
});
