// What the checks of the site ask of a page: each function is called in the page by the tests beside this file.

// How an element is named: its nearest id, its tag and its classes.
const name = (e) => {
  const near = e.id ? null : e.closest("[id]"), classes = [...e.classList].slice(0, 2).map((c) => "." + c).join("");
  return (near ? `#${near.id} ` : "") + e.localName + (e.id ? "#" + e.id : classes);
};

// The relative luminance of a colour, whatever way it is written (WCAG 2).
const light = (colour) => {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

window.look = {
  // Opens what is folded, so that it is checked too, and waits until fonts and layout stand still.
  settle: async () => {
    document.querySelectorAll("details:not(.solution)").forEach((e) => { e.open = true; });       // solutions are checked on their own page
    document.querySelectorAll(".callout-collapse").forEach((e) => e.classList.add("show"));
    await document.fonts.ready;
    for (let k = 0; k < 2; k++) await new Promise(requestAnimationFrame);
  },

  // Whether the ground of the page is dark, whatever way its colour is written.
  isDark: () => {
    const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    for (const e of [document.documentElement, document.body]) {
      pen.fillStyle = getComputedStyle(e).backgroundColor;
      pen.fillRect(0, 0, 1, 1);
    }
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return a > 0 && 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
  },

  // What a page holds.
  survey: async () => {
    const all = (sel, root = document) => [...root.querySelectorAll(sel)];
    const code = "code, pre, kbd, samp, script, style, textarea, svg, math, .math, .katex";
    const strings = (root, skip) => {
      const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), res = [];
      for (let n = walk.nextNode(); n; n = walk.nextNode()) if (!n.parentElement.closest(skip)) res.push(n.data);
      return res;
    };
    const main = document.querySelector("main") || document.body;
    const besides = "nav, header, footer, aside, figure, details, #refs, .footnotes, .page-tools";
    const prose = all("p, h2, h3", main).filter((e) => !e.closest(besides));
    const paint = () => performance.getEntriesByName("first-contentful-paint")[0];
    for (let k = 0; k < 40 && !paint(); k++) await new Promise((done) => setTimeout(done, 25));
    const sound = await Promise.all(all("img").map((e) => { e.loading = "eager"; return e.decode().then(() => true, () => false); }));
    const ids = all("[id]", document.body).map((e) => e.id), href = (sel) => all(sel).map((e) => e.href);
    return {
      text: strings(document.body, code),
      captions: all("img").map((e) => e.alt).concat([document.title]),
      prose: prose.flatMap((e) => strings(e, code + ", a")).join(" "),
      ids,
      headings: all("h1, h2, h3, h4, h5, h6", main).map((e) => [Number(e.localName[1]), e.textContent.trim().slice(0, 60)]),
      titles: all("h1").length,
      pictures: all("img").map((e, k) => ({
        name: name(e), src: e.getAttribute("src") || "", url: e.currentSrc || e.src, sound: sound[k], alt: e.alt.trim(),
        decoration: Boolean(e.matches("[role=presentation], [role=none]") || e.closest("[aria-hidden=true]")) })),
      drawings: all("svg[role=img]:not([aria-label], [aria-labelledby], :has(title))").map(name),
      links: all("a[href]").map((e) => [e.getAttribute("href"), e.href]),
      sidebar: href("#book-contents a[href], #quarto-sidebar a.sidebar-link[href]"),
      notebooks: href("a[download][href$='.ipynb']"),
      twins: href("a[href$='.md']").filter((h) => new URL(h).host === location.host),
      turn: { next: href("a.nav-page-next, .nav-page-next a")[0], previous: href("a.nav-page-previous, .nav-page-previous a")[0] },
      length: (document.querySelector(".page-tools") || { textContent: "" }).textContent,
      paint: paint() ? paint().startTime / 1000 : null,
    };
  },

  // How wide the page is, and the innermost elements that stick out of `width` without being cut off or scrolled by a box around them.
  overflow: (width) => {
    const page = document.documentElement.scrollWidth;
    if (page <= width + 1) return { page, names: [] };
    const held = (e) => {
      for (let p = e.parentElement; p && p !== document.body && p !== document.documentElement; p = p.parentElement)
        if (getComputedStyle(p).overflowX !== "visible" && p.getBoundingClientRect().right <= width + 1) return true;
      return false;
    };
    const range = document.createRange();
    const right = (e) => {
      const own = [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
      return Math.max(...[e, ...own].map((n) => { range.selectNode(n); return range.getBoundingClientRect().right; })) + scrollX;
    };
    const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().width && right(e) > width + 1 && !held(e));
    const inner = wide.filter((e) => !wide.some((o) => o !== e && e.contains(o)));
    return { page, names: [...new Set(inner.map((e) => `${name(e)} (to ${Math.round(right(e))} px)`))] };
  },

  // Code that scrolls sideways, notes that lie over something, and notes that do not stand beside the text.
  fit: () => {
    const box = (e) => e.getBoundingClientRect(), seen = (e) => box(e).width > 0 && box(e).height > 0;
    const code = [...document.querySelectorAll("main pre")].filter((e) => seen(e) && e.scrollWidth > e.clientWidth + 1);
    const notes = [...document.querySelectorAll("main .column-margin, main .margin-aside, main aside")].filter(seen);
    const text = [...document.querySelectorAll("main :is(p, li, pre, figure, table, h2, h3, h4)")].filter((e) => seen(e) && !e.closest("#TOC"));     // which gives way
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    const apart = (a, b) => a !== b && !a.contains(b) && !b.contains(a);
    const covering = notes.flatMap((a) => [...notes, ...text].filter((b) => apart(a, b) && over(box(a), box(b))).map((b) => [a, b]));
    const lines = text.filter((e) => e.localName === "p" && !notes.some((n) => n.contains(e)));
    const edge = Math.max(...lines.map((e) => box(e).right)), within = notes.filter((e) => box(e).left < edge);
    const start = (e) => `“${e.textContent.trim().slice(0, 30)}”`;
    return {
      code: code.map((e) => `${name(e)} ${start(e)} is ${e.scrollWidth} px wide in a box of ${e.clientWidth}`),
      notes: [...new Set(covering.map(([a, b]) => `the note ${start(a)} lies over ${b.localName} ${start(b)}`))],
      within: within.map((e) => `the note ${start(e)} stands in the text`),
    };
  },

  // What axe-core finds in a part of the page: everything, or the contrast of colours alone. Code is left to `code`: it is half of the work, in eight colours.
  axe: async ([tags, part, all]) => {
    const contrast = "color-contrast", ways = [[{ include: [[part]], exclude: [["pre"], [".katex"]] }, { runOnly: { type: "rule", values: [contrast] } }]];
    if (all) ways.push([part, { runOnly: tags, rules: { [contrast]: { enabled: false } } }]);
    const res = [];
    for (const [where, options] of ways) res.push(...(await axe.run(where, { ...options, resultTypes: ["violations"] })).violations);
    return res.map((v) => {
      const first = v.nodes[0], why = [...first.any, ...first.all, ...first.none].map((c) => c.message)[0] || v.help;
      return `${v.id}: ${v.nodes.length} ×, first ${first.target.flat(9).join(" ")} (${why})`;
    });
  },

  // Each pair of colours that code and formulas are written in, where its contrast is below 4.5.
  code: () => {
    const pairs = new Map(), clear = "rgba(0, 0, 0, 0)", ground = (e) => {
      for (; e; e = e.parentElement) if (getComputedStyle(e).backgroundColor !== clear) return getComputedStyle(e).backgroundColor;
      return "#fff";
    };
    for (const pre of document.querySelectorAll("pre, .katex-html")) {
      const under = ground(pre);
      for (const e of [pre, ...pre.querySelectorAll("*")]) {
        if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
        const style = getComputedStyle(e), back = style.backgroundColor === clear ? under : style.backgroundColor;
        if (!pairs.has(style.color + back)) pairs.set(style.color + back, [e, style.color, back]);
      }
    }
    return [...pairs.values()].flatMap(([e, ...colours]) => {
      const [a, b] = colours.map(light).sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
      return ratio < 4.5 ? [`${name(e)} “${e.textContent.trim().slice(0, 30)}” has a contrast of ${ratio.toFixed(1)}`] : [];
    });
  },
};
