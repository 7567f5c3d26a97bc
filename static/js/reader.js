/* 读卡器: a reader types an ID number in a burst and presses Enter. Wherever the focus was, it is a search;
   a page that wants the card itself (新户登记) answers the event "canbao:card" by preventing its default. */
"use strict";

canbao.reader = (() => {
  // Between two keys a reader takes some 15 ms, more on a busy machine. Who types 18 digits as fast means the same.
  const PAUSE = 150;
  // A reader that falters says its number in parts. Where money is typed, or nothing, nobody types such a number by hand.
  const FALTER = 1000;
  const NUMBER = /^[0-9]{17}[0-9X]$/;
  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  let parts = [];

  function plain(text) {
    return text.replace(/[\s‐-―-]/g, "").replace(/[０-９Ｘｘ]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).toUpperCase();
  }

  function isValid(text) {
    const number = plain(text);
    if (!/^[1-9]\d{16}[\dX]$/.test(number)) return false;
    const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0);
    return "10X98765432"[sum % 11] === number[17];
  }

  function character(event) {
    // By code: the last X may have been taken by an input method, and then the key says "Process".
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    if (digit) return event.shiftKey ? null : digit[1];
    if (event.code === "KeyX") return "X";
    return /^[0-9xX]$/.test(event.key) ? event.key.toUpperCase() : null;
  }

  const isText = (field) => field.matches?.("input:not([type=checkbox], [type=radio], [type=hidden])");

  /* Remember what stands in every field: by the last digit the first ones may have done anything. */
  function begin(event) {
    const before = new Map();
    for (const field of document.querySelectorAll("input")) if (isText(field)) before.set(field, field.value);
    return { text: "", field: isText(event.target) ? event.target : null, before, at: 0, composed: false };
  }

  function restore(of, composed) {
    const put = () => {
      for (const [field, value] of of.before) {
        if (field.value === value) continue;
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    };
    put();
    if (composed) document.addEventListener("compositionend", () => setTimeout(put), { once: true });
  }

  /* Where a card's number began among the parts: the last one is the whole number, or several are a true one. */
  function beginning(event) {
    const last = parts.at(-1);
    if (last && event.timeStamp - last.at <= PAUSE && NUMBER.test(last.text)) return parts.length - 1;
    if (!last || event.timeStamp - last.at > FALTER) return -1;
    const whole = (at) => parts.slice(at).map((part) => part.text).join("");
    return parts.findIndex((part, at) => (part.field === null || part.field.inputMode === "decimal") && isValid(whole(at)));
  }

  function finish(event) {
    const at = beginning(event);
    const composed = parts.slice(at).some((part) => part.composed);
    const of = parts[at];
    const number = at < 0 ? "" : parts.slice(at).map((part) => part.text).join("");
    parts = [];
    if (!of) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    restore(of, composed);
    found({ number, field: of.field });
  }

  /* A card was read: its number, the field that had the focus or null and, from a service that tells it, the name. */
  function found(detail) {
    if (document.dispatchEvent(new CustomEvent("canbao:card", { detail, cancelable: true }))) canbao.search.find(detail.number);
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
      parts = [];
      return;
    }
    const since = event.timeStamp - (parts.at(-1)?.at ?? -Infinity);
    if (since > FALTER) parts = [];
    if (since > PAUSE) parts.push(begin(event));
    const part = parts.at(-1);
    part.text += typed;
    part.at = event.timeStamp;
    part.composed ||= canbao.keys.composing(event);
  }, true);

  return { PAUSE, character, found, isText, isValid, plain };
})();
