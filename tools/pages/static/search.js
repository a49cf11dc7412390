// The search, whoever rendered the page: pagefind's index, in a window of the book's own. No module, so that a page opened from disk has it, too.
(() => {
"use strict";
const here = new URL(".", document.currentScript.src);
const IDLE = new Set("a an and are as at be by do does for from how i in is it my of on or that the this to vs versus was what when where which why with".split(" "));
let engine = null;
const load = () => (engine ??= import(new URL("pagefind/pagefind.js", here)).then(async (pagefind) => {
  await pagefind.options({ excerptLength: 24 });
  return pagefind;
}));

const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
const safe = (w) => w.replace(/[^\p{L}\p{N}_]/gu, ".");
const root = (w) => safe(w.length > 6 ? w.slice(0, -3) : w.replace(/s$/, ""));
const american = (w) => w.replace(/is(e|es|ed|ing|ation|ations)$/i, "iz$1").replace(/^normalization$/i, "norm");
const misspelt = (w) => [...w].flatMap((c, k) => [w.slice(0, k) + w.slice(k + 1), w.slice(0, k) + (w[k + 1] ?? "") + c + w.slice(k + 2)]);

const starts = (found, w) => found.words.some((m) => plain(m).split(" ").some((o) => o.startsWith(plain(w).slice(0, Math.max(3, w.length - 3)))));

/** A result with what is shown of it, and the words that it was found by. */
const open = async (result) => {
  const { meta, excerpt, content } = await result.data();
  const marked = [...excerpt.matchAll(/<mark>(.*?)<\/mark>/g)].map((m) => m[1].replace(/^[^\p{L}\p{N}_]+|[^\p{L}\p{N}_]+$/gu, ""));
  return { ...meta, excerpt, content, words: [...new Set(marked)] };
};

/** A word of the book for one with two letters exchanged or one too many; the word itself where there is none. */
async function spelled(pagefind, w) {
  for (const v of [w, ...(w.length > 4 ? misspelt(w) : [])]) {
    const { results } = await pagefind.search(v);
    for (const r of results.slice(0, 2)) if (starts(await open(r), v)) return v;
  }
  return w;
}

/** The results for some words, best first, two of a page at the most before those of others, solutions last: { link, title, page, kind, excerpt, words }. */
async function find(query, most = 12) {
  const pagefind = await load(), all = query.trim().split(/\s+/).filter(Boolean);
  const some = all.filter((w) => !IDLE.has(w.toLowerCase()));
  const words = await Promise.all((some.length ? some : all).map((w) => spelled(pagefind, american(w))));
  const scores = new Map();
  const look = async (list, share) => {
    for (const r of (await pagefind.search(list.join(" "))).results) if (!(scores.get(r.id)?.score > r.score * share)) scores.set(r.id, { r, score: r.score * share });
  };
  await look(words, 1);
  if (some.some((w) => american(w) !== w)) await look(some, 0.8);
  if (/_|\./.test(query)) await look(words.flatMap((w) => w.split(/[_.]+/)).filter(Boolean), 0.5);
  if (words.length > 1 && scores.size < 3) for (const w of words) await look(words.filter((o) => o !== w), 0.3);      // no section has them all: all but one

  const wanted = plain(query), name = /_|[a-z][A-Z]|\dd$/.test(query);
  const phrase = words.length > 1 && new RegExp(words.map(root).join("\\p{L}*[\\s_-]+(?:(?:a|in|of|on|the|to)\\s+)?"), "giu");
  const judged = await Promise.all([...scores.values()].sort((a, b) => b.score - a.score).slice(0, 4 * most).map(async ({ r, score }) => {
    const found = await open(r), names = [found.title, ...(found.also ?? "").split(",")].map(plain);
    let worth = score * Number(found.weight ?? 1);
    if (names.some((n) => n === wanted || n === american(wanted))) worth = 4 * Math.max(worth, 1);
    else if (found.kind === "API" && !name) worth *= 0.4;
    if (phrase) worth *= 1 + Math.min(4, (`${found.title} ${found.title} ${found.content}`.match(phrase) ?? []).length) / 2;
    return [worth, found];
  }));
  const last = (f) => Number(f.kind === "Solution");
  const sorted = judged.sort((a, b) => b[0] - a[0]).map(([, f]) => f), seen = new Map();
  const more = new Set(sorted.filter((f) => seen.set(f.page, (seen.get(f.page) ?? 0) + 1).get(f.page) > 2));      // a third of one page waits for other pages
  return [...sorted.filter((f) => !more.has(f)), ...more].sort((a, b) => last(a) - last(b)).slice(0, most);
}

// ---- the window: one field, and below it links, which arrow keys walk and Enter follows
const make = (tag, props = {}, ...inside) => { const e = Object.assign(document.createElement(tag), props); e.append(...inside); return e; };
const note = make("p", { className: "search-note" }), list = make("ol", { className: "search-results" });
note.setAttribute("role", "status");
const input = make("input", { type: "text", placeholder: "Search the book", autocomplete: "off", spellcheck: false, enterKeyHint: "search" });
input.setAttribute("aria-label", "Search the book");
const close = make("button", { type: "button", className: "icon-button", textContent: "×" });
close.setAttribute("aria-label", "Close the search");
const dialog = make("dialog", { className: "search" }, make("div", { className: "search-field" }, input, close), note, list);
dialog.setAttribute("aria-label", "Search the book");
document.body.append(dialog);

const entry = (f) => {
  const url = new URL("../" + f.link, here);
  if (f.words.length) url.searchParams.set("mark", f.words.join(" "));
  const where = [f.kind, f.link.includes("#") && f.page !== f.title ? f.page : ""].filter(Boolean).join(" · ");
  const text = make("span", { className: "hit-text", innerHTML: f.excerpt });      // pagefind's own: escaped, but for <mark>
  return make("li", {}, make("a", { href: url.href }, make("span", { className: "hit-title", textContent: f.title }), make("span", { className: "hit-where", textContent: where }), text));
};
let asked = 0;
const show = async () => {
  const mine = ++asked, query = input.value.trim();
  const found = await load().then(() => query ? find(query) : []).catch(() => null);
  if (mine !== asked) return;
  list.replaceChildren(...(found ?? []).map(entry));
  note.textContent = !found ? "The search needs a page that is served: run `python -m http.server` in the folder of the book, and open http://localhost:8000. The contents, and your browser's search in a page, work here, too."
    : query ? ["Nothing found.", "1 result"][found.length] ?? `${found.length} results` : "";
};
const links = () => [...list.querySelectorAll("a")];
const step = (by) => { const all = [input, ...links()]; all.at((all.indexOf(document.activeElement) + by + all.length) % all.length).focus(); };
dialog.addEventListener("keydown", (e) => {
  if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); step(e.key === "ArrowDown" ? 1 : -1); }
  else if (e.key === "Enter" && e.target === input) links()[0]?.click();
  else if (e.key.length === 1 && e.target !== input && !e.ctrlKey && !e.metaKey && e.key !== " ") input.focus();
});
dialog.addEventListener("click", (e) => { if (e.target === dialog || e.target === close || e.target.closest("a")) dialog.close(); });
let typing = 0;
input.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(show, 80); });
const begin = () => { if (!dialog.open) dialog.showModal(); input.select(); load().catch(show); };
let button = document.querySelector(".search-button");
if (!button) {      // in Quarto's frame
  button = make("button", { type: "button", className: "search-button", textContent: "Search" });
  document.querySelector(".quarto-navbar-tools, #quarto-header .navbar-container")?.prepend(button);
}
button.addEventListener("click", begin);
document.addEventListener("keydown", (e) => {
  const inField = e.target.closest?.("input, textarea, select, [contenteditable]");
  if ((e.key === "/" && !inField && !e.ctrlKey && !e.metaKey) || (e.key === "k" && (e.ctrlKey || e.metaKey))) { e.preventDefault(); begin(); }
});

// ---- the words that were looked for, marked where a result leads to
const arrived = new URL(location.href), sought = (arrived.searchParams.get("mark") ?? "").split(" ").filter(Boolean);
if (sought.length && window.Highlight) {
  arrived.searchParams.delete("mark");
  history.replaceState(history.state, "", arrived);
  const pattern = new RegExp(sought.map((w) => `(?<![\\p{L}\\p{N}_])${safe(w)}`).join("|"), "giu"), ranges = [];
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) for (const m of n.data.matchAll(pattern)) {
    const range = new Range();
    range.setStart(n, m.index);
    range.setEnd(n, m.index + m[0].length);
    ranges.push(range);
  }
  CSS.highlights.set("sought", new Highlight(...ranges));
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") CSS.highlights.delete("sought"); });
}

window.bookSearch = find;        // for the checks
})();
