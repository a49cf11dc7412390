// Running average: the two buffers on their way from 0 and 1 to the true statistics, step by step.
import { batchStatistics, draw, normalize, normals, runningNoise, fadedStep, startWeight, updateRunning } from "./math.js";
import { axis, digits, dot, dots, line, NARROW, path, percent, rect, scale, start, text, ticks } from "./figure.js";

const MOMENTA = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.9], STEPS = 160, N = 32;
const MEAN = 3, VARIANCE = 9, SIGMA = Math.sqrt(VARIANCE);
const EXAMPLE = MEAN + SIGMA;                                   // one standard deviation above the mean
const USUAL = { momentum: 0.1, faded: fadedStep(0.1) }, PACE = 70;  // milliseconds a step when it plays

start("figure-running-average", (parts, update) => {
  let seed = 14, batches = [];
  const collect = () => {
    const next = normals(seed);
    batches = Array.from({ length: STEPS }, () => batchStatistics(draw(next, N).map((v) => MEAN + SIGMA * v)));
  };
  /** The buffers after 0, 1, 2, ... steps. */
  const buffers = (momentum, steps) => {
    const res = [{ mean: 0, variance: 1 }];
    for (const batch of batches.slice(0, steps)) {
      const { mean, variance } = res.at(-1);
      res.push({ mean: updateRunning(mean, batch.mean, momentum), variance: updateRunning(variance, batch.variance, momentum) });
    }
    return res;
  };
  const state = () => {
    const momentum = MOMENTA[Number(parts.momentum.value)], steps = Number(parts.steps.value);
    const { mean, variance } = buffers(momentum, steps).at(-1);
    return {
      momentum, steps, n: N, mean, variance, example: EXAMPLE, answer: normalize(EXAMPLE, mean, variance),
      weight: startWeight(momentum, steps), faded: fadedStep(momentum), noise: runningNoise(momentum, N, SIGMA),
      batchMeans: batches.map((b) => b.mean), batchVariances: batches.map((b) => b.variance),
    };
  };
  let playing = 0;
  const stop = () => { clearInterval(playing); playing = 0; parts.play.textContent = "Play"; };
  const step = () => {
    if (Number(parts.steps.value) === STEPS) parts.steps.value = 0;      // from the end it starts anew
    parts.steps.value = Number(parts.steps.value) + 1;
    if (Number(parts.steps.value) === STEPS) stop();
    update();
  };
  parts.momentum.oninput = update;
  parts.steps.oninput = () => { stop(); update(); };
  parts.play.onclick = () => {
    if (playing) return stop();
    parts.play.textContent = "Pause";
    playing = setInterval(step, PACE);
    step();
  };
  parts.step.onclick = () => { stop(); step(); };
  parts.again.onclick = () => { stop(); [parts.momentum.value, parts.steps.value] = [4, 0]; update(); };
  parts.batches.onclick = () => { seed += 1; collect(); update(); };
  collect();

  return {
    role: "img",
    values: state,
    sentence() {
      const s = state(), one = SIGMA / Math.sqrt(N), noise = `the running mean wanders by about ${digits(s.noise)}`;
      const at = `at step ${s.faded.toLocaleString("en")}`, when = s.faded > STEPS ? `only ${at}, far outside this picture` : at;
      if (!s.steps) return "Nothing is measured yet: the buffers hold 0 and 1, "
        + `and evaluation makes ${digits(s.answer)} of an example that should become 1.00.`;
      if (s.weight > 0.01) return `Too early to evaluate: after ${s.steps} step${s.steps > 1 ? "s" : ""} the made-up start still weighs `
        + `${percent(s.weight)}, and the running mean is ${digits(s.mean)}. The start is down to one percent ${when}.`;
      if (s.noise > 0.8 * one) return `The start has faded, but this is no average: ${noise}, the mean of a single batch by ${digits(one)}.`;
      const quick = s.faded < USUAL.faded, other = s.momentum === USUAL.momentum ? ""
        : ` Against momentum ${USUAL.momentum} it is ${quick ? "quicker and noisier" : "quieter and slower"}: none is both quick and quiet.`;
      return `The start has faded: it weighs ${percent(s.weight)}. What stays is noise: ${noise}.${other}`;
    },
    show() {
      const s = state();
      parts.momentumNow.textContent = s.momentum;
      parts.stepsNow.textContent = s.steps;
      parts.mean.textContent = digits(s.mean);
      parts.variance.textContent = digits(s.variance);
      parts.weight.textContent = percent(s.weight);
      parts.answer.textContent = digits(s.answer);
      parts.faded.textContent = s.faded.toLocaleString("en");
      parts.noise.textContent = digits(s.noise);
      parts.momentum.setAttribute("aria-valuetext", s.momentum);
      parts.steps.setAttribute("aria-valuetext", `${s.steps} steps`);
    },
    draw(width, height) {
      const s = state(), narrow = width < NARROW, left = 26, right = width - 14, base = height - 42;
      const x = scale(0, STEPS, left, right), y = scale(0, 16, base, 26), way = buffers(s.momentum, s.steps);
      const trace = (key, cls) => [
        dots(batches.slice(0, s.steps).map((b, k) => [x(k + 1), y(b[key])]), `${cls} tiny faint`),
        path(way.map((b, k) => [x(k), y(b[key])]), `trace ${cls}`), dot(x(s.steps), y(s[key]), 6, `head ${cls}`)];
      const goal = (v, words) => [line(left, y(v), right, y(v), "reference strong"), text(right - 2, y(v) - 6, words, "tick halo", "end")];
      return [
        rect(left, 26, x(Math.min(s.faded, STEPS)), base, "zone"), rect(left, y(MEAN - s.noise), right, y(MEAN + s.noise), "noise"),
        ...trace("variance", "second"), ...trace("mean", "first"),
        ...goal(VARIANCE, `true variance ${VARIANCE}`), ...goal(MEAN, `true mean ${MEAN}`),
        ...ticks(left - 5, y, [0, 5, 10, 15]),
        axis(x, base, narrow ? [0, 40, 80, 120, 160] : [0, 20, 40, 60, 80, 100, 120, 140, 160], "training steps", left, right),
        text(left + 4, 16, narrow ? "orange ground: the start weighs over 1%"
          : "value of the buffers (orange ground: their made-up start weighs more than one percent)", "label"),
      ];
    },
  };
});
