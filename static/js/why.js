/* 依据: the panel on the right that says why: our sentence, the clause in a line, the article as it stands. */
"use strict";

canbao.why = (() => {
  const panel = () => document.getElementById("why");
  let asked = null;

  /* What the page wrote beside the link; a chip that only names a clause has its address and nothing more. */
  function reasonsOf(link) {
    const written = document.getElementById(link.dataset.why);
    if (written) return written.content.cloneNode(true);
    const reason = document.createElement("div");
    reason.className = "why-reason";
    reason.innerHTML = "<div class='why-clause'></div>";
    reason.firstChild.dataset.clause = link.getAttribute("href");
    return reason;
  }

  function open(link) {
    const reasons = reasonsOf(link);
    const head = document.createElement("div");
    head.className = "why-head";
    head.innerHTML = "<h2>依据</h2><button type='button' class='quiet' data-why-close>关闭 <kbd>Esc</kbd></button>";
    panel().replaceChildren(head, reasons);
    panel().hidden = false;
    panel().focus();
    asked = link;
    for (const clause of panel().querySelectorAll("[data-clause]")) {
      htmx.ajax("GET", clause.dataset.clause, { source: clause, target: clause, swap: "innerHTML" });
    }
  }

  function close() {
    if (panel().hidden) return;
    panel().hidden = true;
    (asked?.isConnected ? asked : document.getElementById("search-box")).focus();
  }

  /* Two reasons from one article: its text stands there once. */
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!panel().contains(event.detail.target)) return;
    const texts = new Set();
    for (const text of panel().querySelectorAll(".why-text")) {
      if (texts.has(text.textContent)) text.textContent = "（原文见上）";
      else texts.add(text.textContent);
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".why");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open(link);
    }
    if (event.target.closest("[data-why-close]")) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.code === "Escape" && !canbao.keys.composing(event) && !document.querySelector("dialog[open]")) close();
  });

  return { open, close };
})();
