/* 上缴、划解: the sum of what is ticked, shown and sent along, so that the server can refuse another one. */
"use strict";

for (const form of document.querySelectorAll("[data-parts]")) {
  form.addEventListener("change", () => {
    const ticked = [...form.querySelectorAll("[name=parts]:checked")];
    const cents = ticked.reduce((sum, box) => sum + Math.round(Number(box.dataset.amount) * 100), 0);
    form.elements.previewed.value = (cents / 100).toFixed(2);
    form.querySelector("[data-sum]").textContent = (cents / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 });
    form.querySelector("[type=submit]").disabled = !ticked.length;
    const mixed = form.querySelector("[data-mixed]"); // told while what is ticked holds both
    if (mixed) mixed.hidden = !["transfer", "cash"].every((means) => ticked.some((box) => means in box.dataset));
  });
}
