// What the interactive figures share: drawing in SVG, text for numbers, and bringing a figure to life.

/** Text for a number: fixed digits, a true minus sign, and no minus before a zero. */
export const digits = (v, places = 2) => {
  const text = v.toFixed(places);
  return Number(text) === 0 ? text.replace("-", "") : minus(text);
};
export const minus = (v) => String(v).replace("-", "\u2212");
export const percent = (v) => {
  if (v > 0 && v < 0.0005) return "under 0.1%";
  return `${(100 * v).toFixed(v > 0 && v < 0.0995 ? 1 : 0)}%`;
};

/** Below this width of the picture, in pixels, words are short. */
export const NARROW = 560;

/** A map from the data range [a, b] to the pixels [p, q], and back. */
export const scale = (a, b, p, q) => {
  const map = (v) => p + (v - a) / (b - a) * (q - p);
  map.back = (pixel) => a + (pixel - p) / (q - p) * (b - a);
  return map;
};

/** An SVG element with attributes and children; numbers are rounded to hundredths of a pixel. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [k, v] of Object.entries(attributes)) node.setAttribute(k, typeof v === "number" ? Math.round(100 * v) / 100 : v);
  node.append(...children);
  return node;
}

export const line = (x1, y1, x2, y2, cls) => el("line", { x1, y1, x2, y2, class: cls });
export const dot = (cx, cy, r, cls) => el("circle", { cx, cy, r, class: cls });
export const text = (x, y, words, cls = "", anchor = "start") => el("text", { x, y, class: cls, "text-anchor": anchor }, words);

/** The rectangle between two corners. */
export const rect = (x1, y1, x2, y2, cls) =>
  el("rect", { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1), class: cls });

/** A line through points [x, y]. */
export const path = (points, cls) =>
  el("path", { d: points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`).join(""), class: cls });

/** Many dots as one path: pieces of no length with round ends, as wide as the class's stroke. */
export const dots = (points, cls) =>
  el("path", { d: points.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join(""), class: `dots ${cls}` });

/** A horizontal axis with marks at some values, and a name in words below. */
export function axis(x, y, values, name, left, right) {
  const marks = values.flatMap((v) => [line(x(v), y, x(v), y + 4, "axis"), text(x(v), y + 17, minus(v), "tick", "middle")]);
  return el("g", {}, line(left, y, right, y, "axis"), ...marks, text((left + right) / 2, y + 34, name, "label", "middle"));
}

/** Values beside a vertical axis that ends at x. */
export const ticks = (x, y, values) => values.map((v) => text(x, y(v) + 4, minus(v), "tick", "end"));

/** The mean and one standard deviation to each side, as the book draws them. */
export const spread = (x, y, mean, std) =>
  el("g", {}, line(x(mean - std), y, x(mean + std), y, "bar"), line(x(mean), y - 6, x(mean), y + 6, "bar"));

/**
 * Bring the figure with this id to life. `make(parts, update)` gets the elements of the figure by their data-part, and a
 * function to call after each change. It returns what the figure is:
 *   role        of the picture for assistive technology: "img", or "group" when one can take hold of something in it
 *   draw(w, h)  the elements of the picture at that size
 *   values()    what is shown, in full precision: kept in data-values
 *   show()      write the numbers into the page
 *   sentence()  what they mean: said when the reader has come to rest
 */
export function start(id, make) {
  const figure = document.getElementById(id);
  const parts = Object.fromEntries([...figure.querySelectorAll("[data-part]")].map((e) => [e.dataset.part, e]));
  const stage = parts.still.parentElement, svg = el("svg"), name = figure.closest("figure").querySelector("figcaption strong").textContent;
  const say = () => {
    parts.says.textContent = shown.sentence();
    svg.setAttribute("aria-label", `${name} ${shown.sentence()}`);
  };
  let rest = 0;
  const paint = () => {
    const [width, height] = [stage.clientWidth, stage.clientHeight], now = shown.draw(width, height);
    for (const [k, v] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(k, v);
    for (const e of [...svg.children]) if (!now.includes(e)) e.remove();
    now.forEach((e, k) => { if (svg.children[k] !== e) svg.insertBefore(e, svg.children[k] ?? null); });   // what stays keeps the focus
  };
  const update = () => {
    paint();
    shown.show();
    figure.dataset.values = JSON.stringify(shown.values());
    clearTimeout(rest);
    rest = setTimeout(say, 250);
  };
  const shown = make(parts, update);
  svg.setAttribute("role", shown.role);
  parts.still.replaceWith(svg);
  update();
  clearTimeout(rest);
  say();
  new ResizeObserver(paint).observe(stage);
  for (const set of figure.querySelectorAll("fieldset")) set.disabled = false;
  figure.dataset.ready = "";
}
