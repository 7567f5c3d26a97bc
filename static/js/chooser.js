/* 选项: a text cell with a list. A digit, a word or its initials choose; a cell that jumps goes on at once.
   Without script the same cell is a plain text field with a datalist. */
"use strict";

canbao.chooser = (() => {
  let open = null; // { field, list, options }

  function optionsOf(field) {
    return [...document.getElementById(field.dataset.words).options].map((option) => ({
      label: option.value, digit: option.dataset.digit, keys: option.dataset.keys.split(" "),
    }));
  }

  function match(field, text) {
    const typed = text.trim().toLowerCase();
    return optionsOf(field).find((option) => option.label.toLowerCase() === typed || option.keys.includes(typed));
  }

  function fitting(field) {
    const typed = field.value.trim().toLowerCase();
    const all = optionsOf(field);
    const exact = all.some((option) => option.label.toLowerCase() === typed);
    if (!typed || exact) return all;
    return all.filter((option) => option.label.includes(typed) || option.keys.some((key) => key.startsWith(typed)));
  }

  function show(field) {
    hide();
    const options = fitting(field).slice(0, 40);
    if (!options.length) return;
    const list = document.createElement("ul");
    list.className = "chooser";
    list.id = "chooser-list";
    list.setAttribute("role", "listbox");
    const chosen = match(field, field.value);
    options.forEach((option, index) => {
      const item = document.createElement("li");
      item.id = `chooser-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(option.label === chosen?.label));
      const digit = document.createElement("span");
      digit.className = "chooser-digit";
      digit.textContent = option.digit;
      item.append(digit, option.label);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(field, option); });
      list.append(item);
    });
    document.body.append(list);
    const place = field.getBoundingClientRect();
    const below = window.innerHeight - place.bottom - 44;
    list.style.left = `${place.left + window.scrollX}px`;
    list.style.maxHeight = `${Math.max(120, Math.min(300, below))}px`;
    list.style.top = `${place.bottom + window.scrollY}px`;
    field.setAttribute("aria-expanded", "true");
    open = { field, list, options };
    list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  function hide() {
    if (!open) return;
    open.list.remove();
    open.field.setAttribute("aria-expanded", "false");
    open.field.removeAttribute("aria-activedescendant");
    open = null;
  }

  function take(field, option, { jump = true, typed = false } = {}) {
    hide();
    field.value = option.label;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    if (jump) field.dispatchEvent(new CustomEvent("canbao:chosen", { bubbles: true, detail: { typed } }));
  }

  function move(step) {
    const items = [...open.list.children];
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    const next = items[(at + step + items.length) % items.length];
    for (const item of items) item.setAttribute("aria-selected", String(item === next));
    open.field.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }

  /* Write the whole word for what was typed; what is on no list stays as it is, for the server to explain. */
  function settle(field) {
    const option = match(field, field.value);
    if (option && option.label !== field.value) take(field, option, { jump: false });
  }

  /* True when the key was for the list. */
  function key(event) {
    const field = event.target;
    if (event.code === "ArrowDown" && event.altKey) {
      show(field);
      return true;
    }
    if (!open) return false;
    if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      move(event.code === "ArrowDown" ? 1 : -1);
      return true;
    }
    if (event.code === "Escape") {
      hide();
      return true;
    }
    if (/Enter$/.test(event.code)) {
      const at = [...open.list.children].findIndex((item) => item.getAttribute("aria-selected") === "true");
      const option = at >= 0 ? open.options[at] : match(field, field.value);
      if (option) {
        take(field, option);
        return true;
      }
      hide();
    }
    return false;
  }

  function ready(field) {
    if (field.dataset.words) return;
    field.dataset.words = field.getAttribute("list");
    field.removeAttribute("list");
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", "chooser-list");
    field.addEventListener("focus", () => { field.select(); show(field); });
    field.addEventListener("blur", () => { settle(field); hide(); });
    field.addEventListener("input", (event) => {
      if (event.isComposing) return;
      const option = match(field, field.value);
      if ("jumps" in field.dataset && option?.digit && option.digit === field.value.trim()) take(field, option, { typed: true });
      else show(field);
    });
  }

  return { ready, key, hide, match };
})();
