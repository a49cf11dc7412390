// Who rides along: one example among random others. In training its normalized value depends on them; in evaluation it does not.
import { batchStatistics, draw, jitterLaw, normalize, normals, updateRunning } from "./math.js";
import { axis, digits, dot, dots, el, line, NARROW, path, rect, scale, spread, start, text, ticks } from "./figure.js";

const EXAMPLE = 1, SIZES = [2, 4, 8, 16, 32, 64, 128, 256], BEGIN = 60, LAWFUL = 8;     // the formula is for batches that are not too small
const DIAMOND = "M0-9L7 0L0 9L-7 0Z";

start("figure-who-rides-along", (parts, update) => {
  const next = normals(15);
  const running = { mean: 0, variance: 1 };                     // the buffers of a layer that has seen many batches of 32
  for (let k = 0; k < 1000; k += 1) {
    const batch = batchStatistics(draw(next, 32));
    running.mean = updateRunning(running.mean, batch.mean, 0.01);
    running.variance = updateRunning(running.variance, batch.variance, 0.01);
  }
  const fixed = normalize(EXAMPLE, running.mean, running.variance);
  const ride = (n) => {
    const batch = [EXAMPLE, ...draw(next, n - 1)], { mean, variance } = batchStatistics(batch);
    return { batch, mean, variance, answer: normalize(EXAMPLE, mean, variance) };
  };
  const answers = Object.fromEntries(SIZES.map((n) => [n, Array.from({ length: BEGIN }, () => ride(n).answer)]));
  const size = () => SIZES[Number(parts.size.value)], training = () => parts.training.checked;
  let now = null, unmoved = 0;                                  // how often the others were redrawn in evaluation
  const redraw = (times) => {
    for (let k = 0; k < times; k += 1) {
      now = ride(size());
      if (training()) answers[size()].push(now.answer);
      else unmoved += 1;
    }
  };
  parts.size.max = SIZES.length - 1;
  parts.size.oninput = parts.redraw.onclick = () => { redraw(1); update(); };
  parts.more.onclick = () => { redraw(100); update(); };
  parts.training.onchange = () => { redraw(1); update(); };
  parts.evaluation.onchange = () => { unmoved = 0; update(); };
  redraw(1);

  const state = () => {
    const n = size(), common = { n, training: training(), example: EXAMPLE, ...now, running, answers: answers[n] };
    if (!training()) return { ...common, answer: fixed, jitter: 0, law: null, unmoved };
    return { ...common, jitter: Math.sqrt(batchStatistics(answers[n]).variance), law: n < LAWFUL ? null : jitterLaw(EXAMPLE, n) };
  };
  return {
    role: "img",
    values: state,
    sentence() {
      const s = state(), others = s.n === 2 ? "this one other" : `these ${s.n - 1} others`;
      const times = s.unmoved === 1 ? "once" : `${s.unmoved} times`;
      const still = s.unmoved ? `Redrawn ${times}, and its normalized value is still ${digits(s.answer)}` : `Whoever rides along, its normalized value is ${digits(s.answer)}`;
      if (!s.training) return `In evaluation the stored statistics are used. ${still}.`;
      const half = digits(Math.SQRT1_2), small = s.n === 2 ? ` Two examples land at +${half} and \u2212${half}, unless they are nearly alike.`
        : s.law === null ? " For so small a batch the formula is too rough." : ` Predicted are ${digits(s.law)}.`;
      return `With ${others} its normalized value is ${digits(s.answer)}. In ${s.answers.length} batches of ${s.n} it had a standard deviation of ${digits(s.jitter)}.${small}`;
    },
    show() {
      const s = state();
      parts.sizeNow.textContent = s.n;
      parts.size.setAttribute("aria-valuetext", `${s.n} examples`);
      parts.answer.textContent = digits(s.answer);
      parts.jitter.textContent = digits(s.jitter);
      parts.law.textContent = s.law === null ? "\u2013" : digits(s.law);
    },
    draw(width, height) {
      const s = state(), narrow = width < NARROW, left = 30, inner = left + 16, right = width - 8;
      // above: the batch of the moment
      const x = scale(-4, 4, left, right), used = s.training ? s : s.running;
      const lane = (k) => 34 + (s.n > 16 ? 3.5 * (k % 5 - 2) : 0);
      const others = s.batch.slice(1).map((v, k) => [x(Math.max(-4, Math.min(4, v))), lane(k)]);
      const above = [
        text(left, 12, narrow ? "diamond: example; green: mean, std"
          : "the batch: our example (diamond), the others, and the mean and std that are used (green)", "label"),
        dots(others, "live small"), el("path", { d: DIAMOND, transform: `translate(${x(EXAMPLE).toFixed(2)} 34)`, class: "one" }),
        spread(x, 58, used.mean, Math.sqrt(used.variance)), axis(x, 72, [-4, -2, 0, 2, 4], "", left, right),
      ];
      // below: its answers, by the size of the batch
      const base = height - 42, y = scale(-1.6, 2.8, base, 128), step = (right - inner) / SIZES.length;
      const column = (n) => inner + (Math.log2(n) - 0.5) * step, sway = (k) => ((k * 0.618034) % 1 - 0.5) * 0.5 * step;
      const cloud = (n) => dots(answers[n].map((v, k) => [column(n) + sway(k), y(v)]), n === s.n ? "live tiny" : "quiet tiny");
      const same = dots(Array.from({ length: Math.min(s.unmoved ?? 0, 200) }, (_, k) => [column(s.n) + sway(k), y(fixed) + 5 * sway(7 * k) / step]), "still-there tiny");
      const law = (side) => path(Array.from({ length: 8 * Math.log2(SIZES.at(-1) / LAWFUL) + 1 }, (_, k) => LAWFUL * 2 ** (k / 8))
        .map((n) => [column(n), y(EXAMPLE + side * jitterLaw(EXAMPLE, n))]), "law");
      const title = narrow ? "its normalized value" : `its normalized value in ${BEGIN} batches of each size, and in those you draw`;
      const below = [
        text(left, 116, title, "label"),
        rect(column(s.n) - step / 2 + 1, 122, column(s.n) + step / 2 - 1, base, "column"),
        el("g", { class: s.training ? "" : "faded" }, ...SIZES.map(cloud), law(1), law(-1)),
        line(inner, y(fixed), right, y(fixed), s.training ? "reference strong" : "steady"),
        text(inner + 2, y(fixed) - 5, "evaluation", "tick halo"), same, dot(column(s.n), y(s.answer), 6.5, "now"), line(inner, base, right, base, "axis"), ...ticks(left + 8, y, [-1, 0, 1, 2]),
        ...SIZES.map((n) => text(column(n), base + 17, n, n === s.n ? "tick chosen" : "tick", "middle")),
        text((left + right) / 2, base + 34, "examples in the batch, n", "label", "middle"),
      ];
      return [...above, ...below];
    },
  };
});
