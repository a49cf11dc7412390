// Shared axes: a block of activations, and which of its values share one mean and one variance with the chosen one.
import { batchStatistics, draw, normalize, normals } from "./math.js";
import { digits, dot, NARROW, rect, start, text } from "./figure.js";

const N = 4, C = 6, L = 4, GROUPS = 2;                      // examples, features, positions
const x = draw(normals(16), N * C * L).map((v) => 1 + 2 * v);
const index = ([n, c, l]) => (n * C + c) * L + l;
const cells = Array.from({ length: N * C * L }, (_, i) => [Math.floor(i / (C * L)), Math.floor(i / L) % C, i % L]);
const group = (c) => Math.floor(c / (C / GROUPS));

/** Of each normalization: its name, whether cell `a` shares statistics with cell `b`, and what they have in common. */
const NORMS = {
  batch: ["Batch norm", (a, b) => a[1] === b[1], ([, c]) => `feature ${c + 1} in all ${N} examples, at all positions`],
  layer: ["Layer norm", (a, b) => a[0] === b[0], ([n]) => `all of example ${n + 1}`],
  groups: ["Group norm", (a, b) => a[0] === b[0] && group(a[1]) === group(b[1]),
    ([n, c]) => `features ${group(c) * C / GROUPS + 1} to ${(group(c) + 1) * C / GROUPS} of example ${n + 1}, at all positions`],
  instance: ["Instance norm", (a, b) => a[0] === b[0] && a[1] === b[1], ([n, c]) => `feature ${c + 1} of example ${n + 1}, at all positions`],
  token: ["Layer norm per position", (a, b) => a[0] === b[0] && a[2] === b[2], ([n, , l]) => `all features of example ${n + 1} at position ${l + 1}`],
};

start("figure-shared-axes", (parts, update) => {
  let position = 0;
  const norm = () => Object.keys(NORMS).find((k) => parts[k].checked);
  const state = () => {
    const chosen = [Number(parts.example.value) - 1, Number(parts.feature.value) - 1, position];
    const members = cells.filter((c) => NORMS[norm()][1](c, chosen)).map(index);
    const { mean, variance } = batchStatistics(members.map((i) => x[i]), 0);
    const value = x[index(chosen)];
    return { norm: norm(), chosen, x, shape: [N, C, L], groups: GROUPS, members, shared: members.length, statistics: x.length / members.length,
      mean, std: Math.sqrt(variance), value, answer: normalize(value, mean, variance) };
  };
  for (const name of ["example", "feature", ...Object.keys(NORMS)]) parts[name].oninput = update;
  const choose = ([n, c, l]) => { [parts.example.value, parts.feature.value, position] = [n + 1, c + 1, l]; update(); };

  return {
    role: "img",
    values: state,
    sentence() {
      const s = state(), [name, , common] = NORMS[s.norm];
      const others = s.norm === "batch" ? "So what becomes of this value depends on the other examples." : "No other example has a say in it.";
      return `${name}: one mean and one variance for ${common(s.chosen)}, ${s.shared} values. ${others}`;
    },
    show() {
      const s = state();
      parts.exampleNow.textContent = s.chosen[0] + 1;
      parts.featureNow.textContent = s.chosen[1] + 1;
      parts.shared.textContent = s.shared;
      parts.statistics.textContent = s.statistics;
      for (const k of ["value", "mean", "std", "answer"]) parts[k].textContent = digits(s[k]);
    },
    draw(width, height) {
      const s = state(), narrow = width < NARROW, left = 22, gap = narrow ? 10 : 26, top = 46;
      const wide = Math.min((width - left - 4 - (N - 1) * gap) / (N * L), (height - top - 4) / C), block = L * wide + gap;
      const high = Math.min((height - top - 4) / C, 1.7 * wide);
      const members = new Set(s.members), around = (width - left - N * block + gap) / 2;
      const place = ([n, c, l]) => [left + around + n * block + l * wide, top + c * high];
      const drawn = cells.map((cell) => {
        const [a, b] = place(cell), shared = members.has(index(cell));
        const e = rect(a + 1, b + 1, a + wide - 1, b + high - 1, `cell ${shared ? (s.norm === "batch" ? "across" : "within") : ""}`);
        e.addEventListener("click", () => choose(cell));
        return e;
      });
      const [a, b] = place(s.chosen);
      return [
        ...Array.from({ length: N }, (_, n) => text(place([n, 0, 0])[0] + L * wide / 2, top - 9, narrow ? n + 1 : `example ${n + 1}`, "tick", "middle")),
        ...Array.from({ length: C }, (_, c) => text(left + around - 8, top + c * high + high / 2 + 4, c + 1, "tick", "end")),
        text(left + around - 14, 12, narrow ? "features down, positions across; examples:" : "features down, positions across", "label"),
        ...drawn, dot(a + wide / 2, b + high / 2, Math.max(3.5, wide / 6), "pick"),
      ];
    },
  };
});
