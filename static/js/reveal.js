/* 显示号码、导出: the reason by a digit; the number hidden again after its minute; the dialog gone with its file. */
"use strict";

(() => {
  function close(panel) {
    const place = panel.closest(".reveal-place");
    const way = place.closest(".masked").querySelector(".reveal");
    place.replaceChildren();
    way?.focus();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-reveal-closes]")) close(event.target.closest(".reveal-panel"));
  });

  /* Before the keys of the page: a digit chooses, Esc closes this and not the dialog around it. */
  document.addEventListener("keydown", (event) => {
    const panel = event.target.closest?.(".reveal-panel, .taking");
    if (!panel || canbao.keys.composing(event)) return;
    const field = event.target.matches("input:not([type=radio])");
    const inPlace = panel.matches(".reveal-panel");
    if (inPlace && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(panel);
    } else if (inPlace && field && event.key === "Enter") {
      event.preventDefault();
      event.target.nextElementSibling.click();
    } else if (!field && /^[1-9]$/.test(event.key)) {
      const chosen = panel.querySelector(`[data-digit="${event.key}"]`);
      if (!chosen) return;
      event.preventDefault();
      if (chosen.matches("input:not([type=radio])")) chosen.focus();
      else chosen.click();
    }
  }, true);

  // Whoever writes a reason of their own means that choice.
  document.addEventListener("input", (event) => {
    const radio = event.target.matches(".taking [name=other]") && event.target.closest("label").querySelector("[type=radio]");
    if (radio) radio.checked = true;
  });

  document.addEventListener("submit", (event) => {
    const dialog = event.target.matches("form.taking") && event.target.closest("dialog");
    if (dialog) setTimeout(() => dialog.close());
  });

  function hide(shown) {
    const again = shown.querySelector(".masked-again")?.content.firstElementChild;
    if (!again) return;
    shown.replaceWith(again);
    htmx.process(again);
  }

  document.addEventListener("htmx:oobAfterSwap", (event) => {
    const shown = document.getElementById(event.detail.target.id);
    if (shown?.dataset.seconds) setTimeout(hide, shown.dataset.seconds * 1000, shown);
  });
})();
