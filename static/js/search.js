/* 查找: one box for everything; several hits are chosen by the arrow keys and Enter. */
"use strict";

canbao.search = (() => {
  const box = () => document.getElementById("search-box");
  const answer = () => document.getElementById("search-answer");
  const hits = () => [...answer().querySelectorAll("[role=option]")];

  function find(text) {
    box().value = text;
    htmx.trigger(box().form, "submit");
  }

  function chosen() {
    return answer().querySelector('[aria-selected="true"]');
  }

  function choose(index) {
    const all = hits();
    if (!all.length) return;
    const next = all[(index + all.length) % all.length];
    for (const hit of all) hit.setAttribute("aria-selected", String(hit === next));
    box().setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }

  function close() {
    answer().replaceChildren();
    box().setAttribute("aria-expanded", "false");
    box().removeAttribute("aria-activedescendant");
  }

  document.addEventListener("keydown", (event) => {
    if (event.target !== box() || canbao.keys.composing(event)) return;
    const at = hits().indexOf(chosen());
    if (event.code === "ArrowDown") choose(at + 1);
    else if (event.code === "ArrowUp") choose(at < 0 ? -1 : at - 1);
    else if (event.code === "Escape") {
      if (hits().length || answer().childElementCount) close();
      else box().value = "";
    } else if (/Enter$/.test(event.code) && chosen() && box().value === box().dataset.asked) chosen().click();
    else if (!/Enter$/.test(event.code) || box().value.trim()) return;
    event.preventDefault();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== answer()) return;
    box().dataset.asked = box().value;
    box().setAttribute("aria-expanded", String(hits().length > 0));
    if (hits().length) choose(0);
    box().focus();
  });
  document.addEventListener("focusin", (event) => {
    if (!event.target.closest("[data-search]")) close();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-search]") && answer().childElementCount) close();
  });

  return { find, close };
})();
