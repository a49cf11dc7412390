// What a page of this frame does: colours, contents drawer, copy buttons, anchors, the place in the page.
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
  $$(".code-copy-outer-scaffold").forEach((box) => {
    const b = Object.assign(document.createElement("button"), { type: "button", className: "code-copy-button", title: "Copy to clipboard", ariaLabel: "Copy code to clipboard" });
    box.append(b);
    b.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText($("code", box).textContent); } catch (e) { return; }
      b.classList.add("copied");
      b.ariaLabel = "Copied";
      setTimeout(() => { b.classList.remove("copied"); b.ariaLabel = "Copy code to clipboard"; }, 1500);
    });
  });

  // ---- a link to each section
  $$("main section[id] > :is(h2, h3, h4).anchored").forEach((h) => {
    const a = document.createElement("a");
    a.className = "anchor-link";
    a.href = "#" + h.parentElement.id;
    a.setAttribute("aria-label", "Link to this section");
    h.append(a);
  });

  // ---- the contents of the page: open where they stand in the margin, at the place of the reader, behind notes that stand there, too
  const box = $(".page-contents"), toc = $("#TOC"), margin = matchMedia("(min-width: 72.01rem)");
  if (toc) {
    const fold = () => { box.open = margin.matches; };
    margin.addEventListener("change", fold);
    fold();
    const links = new Map($$("a", toc).map((a) => [decodeURIComponent(a.hash.slice(1)), a])), notes = $$("main :is(.margin-aside, .column-margin)");
    const marks = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    let waiting = false;
    const follow = () => {
      waiting = false;
      if (!margin.matches) return;
      const end = innerHeight + scrollY >= document.body.scrollHeight - 4;
      const here = end ? marks[marks.length - 1] : marks.filter((m) => m.getBoundingClientRect().top < 120).pop();
      links.forEach((a, id) => a.classList.toggle("here", Boolean(here) && id === here.id));
      const start = toc.getBoundingClientRect().top, below = notes.map((n) => n.getBoundingClientRect()).filter((r) => r.bottom > start - 12 && r.top < innerHeight);
      const room = Math.min(...below.map((r) => r.top)) - 24 - start;        // down to the next note
      toc.style.maxHeight = room < innerHeight - 176 ? `${Math.max(room, 0)}px` : "";
      toc.classList.toggle("behind", room < 96);
      const list = toc.getBoundingClientRect(), at = here && links.get(here.id).getBoundingClientRect();
      if (at && (at.top < list.top || at.bottom > list.bottom)) toc.scrollTop += at.top - list.top - list.height / 3;
    };
    addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(follow); } }, { passive: true });
    ["resize", "load"].forEach((what) => addEventListener(what, follow));
    document.fonts.ready.then(follow);
    follow();
  }
})();
