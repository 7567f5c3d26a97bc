/* 试算: the print button, and the choices of another rule set as soon as it is picked; without script both are buttons. */
"use strict";

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
const turns = document.querySelector("[data-turns]");
if (turns) {
  turns.hidden = true;
  turns.form.elements.ruleset.addEventListener("change", () => turns.form.requestSubmit(turns));
}
