// What a page does: colours, contents drawer, search, copy buttons, anchors, the place in the page.
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel), $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const root = document.documentElement;

  // ---- light and dark: the system's choice until the reader makes one
  const button = $(".theme-button"), system = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("book-theme"); } catch (e) { return null; } };
  const paint = (theme) => {
    root.dataset.bsTheme = theme;
    document.body.classList.toggle("quarto-dark", theme === "dark");
    button.setAttribute("aria-pressed", String(theme === "dark"));
  };
  paint(root.dataset.bsTheme);
  button.addEventListener("click", () => {
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try { localStorage.setItem("book-theme", theme); } catch (e) { /* storage is off */ }
    paint(theme);
  });
  system.addEventListener("change", (e) => { if (!stored()) paint(e.matches ? "dark" : "light"); });

  // ---- the table of contents, a drawer on narrow screens
  const menu = $(".menu-button"), contents = $("#book-contents"), shade = $(".drawer-shade");
  const drawer = (open) => {
    contents.classList.toggle("open", open);
    shade.hidden = !open;
    menu.setAttribute("aria-expanded", String(open));
    if (open) (($("[aria-current]", contents) || $("a", contents)) || contents).focus();
  };
  menu.addEventListener("click", () => drawer(!contents.classList.contains("open")));
  shade.addEventListener("click", () => drawer(false));
  $$("#TOC a").forEach((a) => a.addEventListener("click", () => drawer(false)));
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && contents.classList.contains("open")) { drawer(false); menu.focus(); } });
  const current = $("[aria-current]", contents);
  if (current && current.offsetTop > contents.clientHeight / 2) contents.scrollTop = current.offsetTop - contents.clientHeight / 4;

  // ---- formulas, where they were not set when the site was built
  if (window.katex) $$(".math").forEach((el) => window.katex.render(el.textContent, el, { displayMode: el.classList.contains("display"), throwOnError: false }));

  // ---- on paper answers and hints are open
  let opened = [];
  addEventListener("beforeprint", () => { opened = $$("main details.callout:not([open])"); opened.forEach((d) => { d.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });

  // ---- copy buttons
  $$(".code-copy-button").forEach((b) => b.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText($("code", b.parentElement).textContent); } catch (e) { return; }
    b.classList.add("copied");
    b.setAttribute("aria-label", "Copied");
    setTimeout(() => { b.classList.remove("copied"); b.setAttribute("aria-label", "Copy code to clipboard"); }, 1500);
  }));

  // ---- a link to each section
  $$("main section[id] > :is(h2, h3, h4).anchored").forEach((h) => {
    const a = document.createElement("a");
    a.className = "anchor-link";
    a.href = "#" + h.parentElement.id;
    a.setAttribute("aria-label", "Link to this section");
    h.append(a);
  });

  // ---- where the reader is, in the contents of the page
  const links = new Map($$("#TOC a").map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  const marks = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  if (marks.length) {
    let waiting = false;
    const follow = () => {
      waiting = false;
      const end = innerHeight + scrollY >= document.body.scrollHeight - 4;
      const here = end ? marks[marks.length - 1] : marks.filter((m) => m.getBoundingClientRect().top < 120).pop();
      links.forEach((a, id) => a.classList.toggle("here", Boolean(here) && id === here.id));
      const at = here && links.get(here.id).getBoundingClientRect(), box = contents.getBoundingClientRect();     // the list goes with the page
      if (at && (at.top < box.top + 40 || at.bottom > box.bottom - 80)) contents.scrollTop += at.top - box.top - box.height / 3;
    };
    addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(follow); } }, { passive: true });
    follow();
  }

  // ---- previous and next by key
  document.addEventListener("keydown", (e) => {
    if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || e.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (e.target.closest("input, textarea, select, summary, [contenteditable], [tabindex], [role=slider]")) return;
    const way = { ArrowLeft: "prev", ArrowRight: "next" }[e.key], link = way && $(`a.nav-page[rel=${way}]`);
    if (link) link.click();
  });

  // ---- search
  const dialog = $("#search"), input = $("input", dialog), list = $("#search-results"), note = $(".search-note");
  let index = null, chosen = -1;
  const load = () => index ? Promise.resolve() : new Promise((done) => {
    const s = document.createElement("script");
    s.src = "site_libs/search-index.js";
    s.onload = () => { index = window.bookIndex.map((e) => ({ ...e, low: [e.page, e.section, e.text].map((t) => t.toLowerCase()) })); done(); };
    s.onerror = () => { note.textContent = "The search index could not be loaded."; done(); };
    document.head.append(s);
  });
  const search = (words) => index.map((e) => {
    let score = 0;
    for (const w of words) {
      const best = Math.max(...e.low.map((t, k) => {
        const at = t.indexOf(w);
        if (at < 0) return 0;
        const whole = at === 0 || /[^\p{L}\p{N}_]/u.test(t[at - 1]);
        return [e.section ? 4 : 12, 8, 1][k] * (whole ? 2 : 1);
      }));
      if (!best) return [0, e];
      score += best;
    }
    return [score, e];
  }).filter(([s]) => s).sort((a, b) => b[0] - a[0]).slice(0, 20).map(([, e]) => e);
  const marked = (text, words) => {
    const frag = document.createDocumentFragment();
    const safe = words.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    text.split(new RegExp(`(${safe})`, "i")).forEach((part, k) => {
      if (k % 2) { const m = document.createElement("mark"); m.textContent = part; frag.append(m); } else frag.append(part);
    });
    return frag;
  };
  const near = (e, words) => {
    const at = Math.max(0, Math.min(...words.map((w) => e.low[2].indexOf(w)).filter((k) => k >= 0), Infinity) - 50);
    if (!Number.isFinite(at)) return e.text.slice(0, 160);
    const start = at ? e.text.indexOf(" ", at) + 1 : 0;
    return (start ? "… " : "") + e.text.slice(start, start + 160);
  };
  const choose = (k) => {
    const items = $$("[role=option]", list);
    chosen = items.length ? (k + items.length) % items.length : -1;
    items.forEach((o, n) => o.setAttribute("aria-selected", String(n === chosen)));
    if (chosen >= 0) { input.setAttribute("aria-activedescendant", items[chosen].id); items[chosen].scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  };
  const go = (href) => { dialog.close(); location.href = href; };
  const show = async () => {
    await load();
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.replaceChildren();
    if (!index || !words.length) { note.textContent = index ? "" : note.textContent; input.setAttribute("aria-expanded", "false"); return choose(-1); }
    const hits = search(words);
    note.textContent = hits.length ? "" : "Nothing found.";
    hits.forEach((e, k) => {
      const li = document.createElement("li"), head = document.createElement("div"), text = document.createElement("div");
      li.id = `hit-${k}`;
      li.setAttribute("role", "option");
      head.className = "hit-title";
      head.append(marked(e.section || e.page, words));
      if (e.section) { const where = document.createElement("span"); where.textContent = e.page; head.append(where); }
      text.className = "hit-text";
      text.append(marked(near(e, words), words));
      li.append(head, text);
      li.addEventListener("click", () => go(e.href));
      list.append(li);
    });
    input.setAttribute("aria-expanded", String(hits.length > 0));
    choose(hits.length ? 0 : -1);
  };
  const open = () => { load(); dialog.showModal(); input.select(); };
  $(".search-button").addEventListener("click", open);
  input.addEventListener("input", show);
  input.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown") choose(chosen + 1);
    else if (e.key === "ArrowUp") choose(chosen - 1);
    else if (e.key === "Enter") { const hit = $$("[role=option]", list)[chosen]; if (hit) hit.click(); }
    else return;
    e.preventDefault();
  });
  dialog.addEventListener("click", (e) => { if (e.target === dialog) dialog.close(); });
  document.addEventListener("keydown", (e) => {
    const typing = e.target.closest("input, textarea, select, [contenteditable]");
    if ((e.key === "/" && !typing && !e.ctrlKey && !e.metaKey) || (e.key === "k" && (e.ctrlKey || e.metaKey))) { e.preventDefault(); if (!dialog.open) open(); }
  });
})();
