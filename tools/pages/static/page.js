// What every page does, whoever rendered it: shows what a link refers to, marks the way back, and turns pages by key.
(() => {
  "use strict";
  const KINDS = ["fig-", "figure-", "tbl-", "eq-", "ref-", "fn", "term-"];
  const here = new URL(location.href), pages = new Map();
  const anchor = (a) => decodeURIComponent(a.hash.slice(1));
  const near = (a) => a.origin === here.origin && a.pathname === here.pathname;
  const refers = (a) => a && a.closest("main") && a.getAttribute("role") !== "doc-backlink" && KINDS.some((k) => anchor(a).startsWith(k));

  // A term's meaning is with its link; as a title it could be had by the mouse alone.
  const terms = document.querySelectorAll("main a.term[title]");
  terms.forEach((a) => { a.dataset.meaning = a.title; a.removeAttribute("title"); });

  // ---- what a link refers to
  const page = (a) => near(a) ? document : pages.get(a.pathname) ?? pages.set(a.pathname, fetch(a.pathname).then((r) => r.text()).then((t) => new DOMParser().parseFromString(t, "text/html"))).get(a.pathname);
  const content = async (a) => {
    if (a.dataset.meaning) return Object.assign(document.createElement("p"), { textContent: a.dataset.meaning });
    const there = (await page(a)).getElementById(anchor(a));
    if (!there) return null;
    const copy = (there.localName === "span" && there.closest("p, .math") || there).cloneNode(true);
    [copy, ...copy.querySelectorAll("[id]")].forEach((e) => e.removeAttribute("id"));
    copy.removeAttribute("role");
    copy.querySelectorAll("script, link").forEach((e) => e.remove());
    if (window.katex) copy.querySelectorAll(".math:not(:has(.katex))").forEach((e) => window.katex.render(e.textContent, e, { displayMode: e.classList.contains("display"), throwOnError: false }));
    return copy;
  };
  const box = Object.assign(document.createElement("div"), { id: "preview", className: "preview", hidden: true });
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "What the link refers to");
  document.body.append(box);
  let of = null, timer = 0;
  const hide = () => {
    clearTimeout(timer);
    of?.removeAttribute("aria-describedby");
    of = null;
    box.hidden = true;
  };
  const show = async (a, touched) => {
    if (of === a) return;
    hide();
    of = a;
    const found = await content(a).catch(() => null);
    if (!found || of !== a) return;
    box.replaceChildren(found);
    if (touched) box.append(Object.assign(document.createElement("a"), { className: "go", href: a.href, textContent: "Go there" }));
    box.hidden = false;
    box.tabIndex = box.scrollHeight > box.clientHeight ? 0 : -1;
    a.setAttribute("aria-describedby", "preview");
    const at = a.getClientRects()[0], width = document.documentElement.clientWidth, above = at.bottom + box.offsetHeight + 8 > innerHeight && at.top > box.offsetHeight + 8;
    box.style.left = `${Math.max(12, Math.min(at.left, width - box.offsetWidth - 12)) + scrollX}px`;
    box.style.top = `${(above ? at.top - box.offsetHeight - 8 : at.bottom + 8) + scrollY}px`;
  };
  const later = (f, ms) => { clearTimeout(timer); timer = setTimeout(f, ms); };
  document.addEventListener("pointerover", (e) => {
    if (e.pointerType !== "mouse") return;
    const a = e.target.closest("a[href]");
    if (refers(a)) later(() => show(a), 250);
    else if (box.contains(e.target)) clearTimeout(timer);
    else if (of) later(hide, 250);
    else clearTimeout(timer);
  });
  document.addEventListener("focusin", (e) => { if (refers(e.target.closest("a[href]")) && e.target.matches(":focus-visible")) show(e.target.closest("a")); });
  document.addEventListener("focusout", (e) => { if (e.target === of && !box.contains(e.relatedTarget)) hide(); });
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && !box.hidden) hide(); });
  document.addEventListener("click", (e) => {
    const a = e.target.closest("a[href]");
    if (e.pointerType === "touch" && refers(a) && of !== a) { e.preventDefault(); show(a, true); }      // the second tap follows
    else if (!box.contains(e.target) || a) hide();
  }, true);

  // ---- the way back from where a link within the text has led to
  let back = null;
  const offer = () => {
    back?.remove();
    back = Object.assign(document.createElement("button"), { type: "button", className: "way-back", textContent: "↩ Back to where you were" });
    back.addEventListener("click", () => { back.remove(); history.back(); });
    document.body.append(back);
  };
  document.addEventListener("click", (e) => {
    const a = e.target.closest("main a[href*='#'], .preview a");
    if (a && !e.defaultPrevented && near(a) && anchor(a) && !a.matches(".anchor-link") && !a.closest("#TOC")) offer();
  });
  addEventListener("popstate", () => { if (back && !location.hash) back.remove(); });
  if (here.hash && document.referrer.startsWith(here.origin + "/") && new URL(document.referrer).pathname !== here.pathname && history.length > 1) offer();

  // ---- previous and next by key
  document.addEventListener("keydown", (e) => {
    if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || e.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (e.target.closest("input, textarea, select, summary, [contenteditable], [tabindex], [role=slider]")) return;
    const way = { ArrowLeft: "previous", ArrowRight: "next" }[e.key];
    if (way) document.querySelector(`a.nav-page-${way}, .nav-page-${way} a`)?.click();
  });
})();
