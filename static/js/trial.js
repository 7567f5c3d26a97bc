/* 试算: the print button, and the choices of another rule set as soon as it is picked; without script both are buttons. */
"use strict";

{
  /* After each answer the page is a new one. */
  const dress = () => {
    for (const button of document.querySelectorAll("[data-prints]")) button.hidden = false;
    for (const button of document.querySelectorAll("[data-turns]")) button.hidden = true;
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-prints]")) window.print();
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === "ruleset") event.target.form.querySelector("[data-turns]")?.click();
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.id === "trial-link") event.target.select();
  });
  document.addEventListener("htmx:afterSettle", dress);
  dress();
}
