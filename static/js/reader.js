/* 读卡器: a reader types an ID number in a burst and presses Enter. Wherever the focus was, it is a search;
   a page that wants the card itself (新户登记) answers the event "canbao:card" by preventing its default. */
"use strict";

canbao.reader = (() => {
  // Between two keys a reader takes some 15 ms, more on a busy machine. Who types 18 digits as fast means the same.
  const PAUSE = 150;
  const NUMBER = /^[0-9]{17}[0-9X]$/;
  let burst = null;

  function character(event) {
    // By code: the last X may have been taken by an input method, and then the key says "Process".
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    if (digit) return event.shiftKey ? null : digit[1];
    if (event.code === "KeyX") return "X";
    return /^[0-9xX]$/.test(event.key) ? event.key.toUpperCase() : null;
  }

  const isText = (field) => field.matches?.("input:not([type=checkbox], [type=radio], [type=hidden])");

  /* Remember what stands in every field: by the last digit the first ones may have done anything. */
  function start(event) {
    const before = new Map();
    for (const field of document.querySelectorAll("input")) if (isText(field)) before.set(field, field.value);
    burst = { text: "", field: isText(event.target) ? event.target : null, before, at: 0, composed: false };
  }

  function restore(of) {
    const put = () => {
      for (const [field, value] of of.before) {
        if (field.value === value) continue;
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    };
    put();
    if (of.composed) document.addEventListener("compositionend", () => setTimeout(put), { once: true });
  }

  function finish(event) {
    const of = burst;
    burst = null;
    if (!of || event.timeStamp - of.at > PAUSE || !NUMBER.test(of.text)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    restore(of);
    const card = new CustomEvent("canbao:card", { detail: { number: of.text, field: of.field }, cancelable: true });
    if (document.dispatchEvent(card)) canbao.search.find(of.text);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (["Shift", "CapsLock", "NumLock"].includes(event.key)) return;
    if (event.code === "Enter" || event.code === "NumpadEnter") {
      finish(event);
      return;
    }
    const typed = character(event);
    if (typed === null) {
      burst = null;
      return;
    }
    if (!burst || event.timeStamp - burst.at > PAUSE) start(event);
    burst.text += typed;
    burst.at = event.timeStamp;
    burst.composed ||= canbao.keys.composing(event);
  }, true);

  return {};
})();
