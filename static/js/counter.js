/* 收款台: change while it is typed, the means by arrow keys, one payment at a time, the receipt to the printer. */
"use strict";

canbao.counter = (() => {
  const cents = (text) => {
    const plain = text.trim().replace(/[，,]/g, "").replace(/。/g, ".").replace(/[０-９．]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
    return /^\d+(\.\d{0,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
  };
  const yuan = (amount) => (amount / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 });
  const form = () => document.getElementById("payment");

  function reckon() {
    const field = document.getElementById("tendered");
    const note = document.getElementById("tendered-note");
    const due = cents(form().dataset.due);
    const given = field.value.trim() ? cents(field.value) : due;
    const enough = given !== null && given >= due;
    document.getElementById("change").textContent = enough ? yuan(given - due) : "—";
    if (enough) {
      note.textContent = "";
      field.classList.remove("is-invalid");
    }
    return { given, due };
  }

  /* Said only when the clerk has finished: while typing 5 of 500 nobody wants to read that it is too little. */
  function refuse() {
    const { given, due } = reckon();
    if (given !== null && given >= due) return false;
    const sentence = given === null ? "这不是金额，请只录数字和小数点，例如 500。" : `实收少于应收，还差 ${yuan(due - given)} 元。请补足后再收款。`;
    document.getElementById("tendered-note").textContent = sentence;
    const field = document.getElementById("tendered");
    field.classList.add("is-invalid");
    field.focus();
    field.select();
    return true;
  }

  function turn(step) {
    const all = [...form().elements.means];
    const at = all.findIndex((radio) => radio.checked);
    all[(at + step + all.length) % all.length].checked = true;
    settle();
  }

  /* Only cash is tendered and changed; by card, transfer or code exactly the amount comes in. */
  function settle() {
    const field = document.getElementById("tendered");
    const cash = form().elements.means.value === "cash";
    field.readOnly = !cash;
    if (!cash) field.value = "";
    reckon();
  }

  document.addEventListener("input", (event) => { if (event.target.id === "tendered") reckon(); });
  document.addEventListener("change", (event) => { if (event.target.name === "means") settle(); });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "tendered" || canbao.keys.composing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (!step) return;
    event.preventDefault();
    turn(step);
  });
  // Before htmx hears of it: a sum that cannot be does not leave the page.
  document.addEventListener("submit", (event) => {
    if (event.target !== form() || !document.getElementById("tendered")) return;
    if (refuse()) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);

  /* Print in a frame, so that the page stays; a browser that cannot opens the receipt beside it. */
  async function print(form) {
    const answer = await canbao.post(form.action, new FormData(form), { accept: "application/json" });
    if (!answer.ok) {
      canbao.say("收据没有打印。请刷新页面，核对这张收据后再补打。");
      return;
    }
    const { paper } = await answer.json();
    form.querySelector("[type=submit]").textContent = "补打";
    document.getElementById("print-frame")?.remove();
    const frame = document.createElement("iframe");
    frame.id = "print-frame";
    frame.className = "visually-hidden";
    frame.title = "打印收据";
    frame.src = paper;
    frame.addEventListener("load", () => {
      try {
        frame.contentWindow.print();
      } catch {
        window.open(paper, "_blank");
      }
    });
    document.body.append(frame);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-print]");
    if (!form) return;
    event.preventDefault();
    form.querySelector("[data-print-now]")?.removeAttribute("data-print-now");
    print(form);
  });
  // Nothing typed, nothing else in hand: Enter belongs to the receipt that has just been made.
  document.addEventListener("keydown", (event) => {
    if (!/Enter$/.test(event.code) || event.repeat || canbao.keys.composing(event)) return;
    const box = document.getElementById("search-box");
    if (event.target !== document.body && (event.target !== box || box.value.trim())) return;
    const button = document.querySelector("[data-print-now]");
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  // After the payment the next card may come: the search box has the focus.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.matches?.(".desk-paid")) {
      const box = document.getElementById("search-box");
      box.value = "";
      box.focus();
    }
  });

  return { cents };
})();
