// The arithmetic of the interactive figures: the formulas of bnbook.functional for one feature, on plain arrays of numbers.
// tools/checks/site/math.test.mjs compares every function here with the package's.

/** Mean and variance of a batch; the variance divides by n - correction (1 is unbiased, as in the lecture). */
export function batchStatistics(x, correction = 1) {
  const n = x.length;
  if (n < correction + 1) throw new RangeError(`expected at least ${correction + 1} examples to take statistics over, got ${n}`);
  const mean = x.reduce((sum, v) => sum + v, 0) / n;
  const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - correction);
  return { mean, variance };
}

/** A number minus the mean, over the root of the variance plus eps. */
export const normalize = (x, mean, variance, eps = 1e-5) => (x - mean) / Math.sqrt(variance + eps);

/** The scale and shift that are learned. */
export const scaleShift = (xHat, gamma, beta) => gamma * xHat + beta;

/** The gradient of the inputs of a batch norm, from that of its normalized outputs (gamma 1): what is common to all and what lies along xHat is lost. */
export function backward(push, xHat, rstd, correction = 1) {
  const n = push.length, mean = push.reduce((sum, v) => sum + v, 0) / n;
  const along = push.reduce((sum, v, k) => sum + v * xHat[k], 0) / (n - correction);
  return push.map((v, k) => rstd * (v - mean - xHat[k] * along));
}

/** The exponential moving average: momentum weighs the batch. */
export const updateRunning = (running, batch, momentum = 0.1) => (1 - momentum) * running + momentum * batch;

/** The largest |tanh| that is not called flat, and the input at which tanh reaches it. */
export const FLAT = 0.97;
export const EDGE = Math.atanh(FLAT);
export const isFlat = (x) => Math.abs(Math.tanh(x)) > FLAT;

/** Which share of the numbers satisfies the test. */
export const share = (x, test) => x.filter(test).length / x.length;

/** How far the normalized value of an example at z wanders among n - 1 random others (Gaussian, n not too small). */
export const jitterLaw = (z, n) => Math.sqrt((1 + z * z / 2) / n);

/** How much of a buffer's initial value is left after some steps. */
export const startWeight = (momentum, steps) => (1 - momentum) ** steps;

/** The first step after which at most this share of a buffer is its initial value. */
export const fadedStep = (momentum, left = 0.01) => {
  let step = 0;
  while (startWeight(momentum, step) > left) step += 1;
  return step;
};

/** The standard deviation that stays in a running mean of batches of n numbers of standard deviation sigma. */
export const runningNoise = (momentum, n, sigma = 1) => sigma * Math.sqrt(momentum / ((2 - momentum) * n));

/** A generator of standard normal numbers: the same seed gives the same numbers (mulberry32, then Box and Muller). */
export function normals(seed) {
  let state = seed >>> 0, spare = null;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => {
    if (spare !== null) { const v = spare; spare = null; return v; }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** n numbers of a generator. */
export const draw = (next, n) => Array.from({ length: n }, next);
