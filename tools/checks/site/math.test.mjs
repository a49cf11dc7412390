// The arithmetic of the interactive figures against the package's numbers (expected.py): run by `python -m tools site`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const expected = JSON.parse(readFileSync(process.env.EXPECTED, "utf8"));
const source = readFileSync(process.env.MATH, "utf8");      // as a module, whatever the project says that .js is
const math = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const same = (got, wanted, size) => assert.ok(Math.abs(got - wanted) <= 1e-9 * Math.max(size, Math.abs(wanted)), `${got}, the package computes ${wanted}`);

for (const [name, args, wanted, sizes] of expected.calls)
  test(`${name} of ${JSON.stringify(args).slice(0, 40)}`, () => {
    const got = math[name](...args);
    if (typeof wanted === "number") same(got, wanted, sizes[0]);
    else Object.keys(wanted).forEach((key, k) => same(got[key], wanted[key], sizes[k]));
  });

test("the edge of the flat part", () => same(math.EDGE, expected.edge, 1));

test("the numbers of a seed are standard normal", () => {
  const z = math.draw(math.normals(1), 20000), { mean, variance } = math.batchStatistics(z);
  const tails = math.share(z, (v) => Math.abs(v) > 2);
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05 && Math.abs(tails - expected.beyondTwo) < 0.006, `${mean} ${variance} ${tails}`);
  assert.deepEqual(math.draw(math.normals(1), 5), z.slice(0, 5));
  assert.notDeepEqual(math.draw(math.normals(2), 5), z.slice(0, 5));
});

test("one example is refused", () => assert.throws(() => math.batchStatistics([1]), /expected at least 2 examples/));
