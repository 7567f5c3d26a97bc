/* 日结: what the notes make and what is missing, while it is typed; a difference asks for its reason. */
"use strict";

(() => {
  const form = document.getElementById("day-end");
  if (!form) return;
  const yuan = (cents) => (cents / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 });
  const plain = (text) => text.trim().replace(/[，,]/g, "").replace(/^[−－]/, "-").replace(/[０-９．]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
  const cents = (text) => (/^-?\d+(\.\d{0,2})?$/.test(plain(text)) ? Math.round(Number(plain(text)) * 100) : 0);
  const block = document.getElementById("difference-block");
  const begun = () => [...form.querySelectorAll("[data-value], [data-counted]")].some((field) => field.value.trim());

  function cash() {
    let sum = 0;
    for (const field of form.querySelectorAll("[data-value]")) {
      const pieces = /^\d+$/.test(plain(field.value)) ? Number(plain(field.value)) : 0;
      const part = pieces * Math.round(Number(field.dataset.value) * 100);
      field.closest("tr").querySelector(".piece-sum").textContent = pieces ? yuan(part) : "—";
      sum += part;
    }
    const advanced = form.querySelector("[name=advanced]");
    if (advanced) sum -= cents(advanced.value);
    document.getElementById("cash-counted").textContent = yuan(sum);
    return sum;
  }

  function reckon() {
    let off = false;
    for (const row of form.querySelectorAll("[data-means]")) {
      const expected = Math.round(Number(row.dataset.expected) * 100);
      const field = row.querySelector("[data-counted]");
      const difference = (field ? cents(field.value) : cash()) - expected;
      const cell = row.querySelector(".difference");
      cell.textContent = difference ? (difference > 0 ? "+" : "") + yuan(difference) : "相符";
      cell.classList.toggle("is-off", Boolean(difference) && begun());
      off ||= Boolean(difference);
    }
    block.hidden = !(off && begun()) && !block.querySelector(".is-invalid") && !form.querySelector(".form-errors");
  }

  form.addEventListener("input", reckon);
  /* Enter in the count goes on to the next denomination; from the last one the form is sent. */
  form.addEventListener("keydown", (event) => {
    if (event.code !== "Enter" || canbao.keys.composing(event) || !event.target.matches("[data-value]")) return;
    const fields = [...form.querySelectorAll("[data-value]")];
    const next = fields[fields.indexOf(event.target) + 1];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });
  reckon();
  const unfinished = [...block.querySelectorAll("input")].find((field) => !field.value);
  if (!form.querySelector(".form-errors")) form.querySelector("[data-value]").focus();
  else if (!block.hidden && unfinished) unfinished.focus();
})();
