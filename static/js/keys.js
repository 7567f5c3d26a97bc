/* 快捷键: an element says its key in data-key. By KeyboardEvent.code and key, never while an input method composes. */
"use strict";

canbao.keys = (() => {
  function composing(event) {
    return event.isComposing || event.keyCode === 229;
  }

  /* In the empty search box, where the focus mostly is, no search begins with these. */
  function typing(target) {
    if (target.id === "search-box" && !target.value) return false;
    return target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  }

  function nameOf(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return null;
    if (/^(F\d+|Insert)$/.test(event.code)) return event.code;
    if (typing(event.target)) return null;
    if (event.code === "Slash" || event.code === "NumpadDivide") return event.shiftKey || event.key === "?" ? "?" : "/";
    return null;
  }

  /* The element that an action stands for: itself, or the one that it presses or focuses further up the page. */
  function act(element) {
    const pressed = element.dataset.presses;
    if (pressed) {
      const target = document.getElementById(pressed);
      if (target && !target.disabled) act(target);
      return;
    }
    const focused = element.dataset.focuses;
    if (focused) {
      const field = document.getElementById(focused);
      field.focus();
      field.select();
      return;
    }
    const opened = element.dataset.opens;
    if (opened) {
      document.getElementById(opened).showModal();
      return;
    }
    if (element.matches("a[href^='#']")) {
      const field = document.querySelector(element.getAttribute("href"));
      field.focus();
      field.select?.();
      return;
    }
    element.click();
  }

  document.addEventListener("keydown", (event) => {
    if (composing(event) || event.defaultPrevented) return;
    const name = nameOf(event);
    if (!name) return;
    const open = document.querySelector("dialog[open]");
    const element = (open ?? document).querySelector(`[data-key="${name}"]`);
    if (!element) return;
    event.preventDefault();
    if (!event.repeat && element.getAttribute("aria-disabled") !== "true") act(element);
  });

  document.addEventListener("click", (event) => {
    const element = event.target.closest("[data-presses], [data-opens]");
    if (element && !element.matches("a[href]")) act(element);
    const close = event.target.closest("[data-closes]");
    if (close) close.closest("dialog").close();
  });

  // Keep the focus through a swap, and give it to whoever asks for it.
  document.addEventListener("htmx:afterSettle", (event) => {
    const wanted = event.detail.elt.querySelector?.(".is-invalid") ?? event.detail.elt.querySelector?.("[autofocus]");
    if (wanted) {
      wanted.focus();
      wanted.select?.();
    }
    const dialog = document.getElementById("dialog");
    if (event.detail.elt === dialog && dialog.childElementCount && !dialog.open) dialog.showModal();
    if (event.detail.elt.id === "desk" && dialog.open) {
      dialog.close();
      // What had the focus before the dialog may be gone with the old page.
      if (document.activeElement === document.body) document.getElementById("search-box").focus();
    }
  });

  return { act, composing };
})();
