/* 新户登记: a grid for the keyboard. The draft goes to the server as it is typed; nothing is kept in the browser. */
"use strict";

canbao.registration = (() => {
  const { plain, isValid } = canbao.reader;
  const PAUSE = 250;
  const NEWBORN = "新生儿";
  const BORN = /^.{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/;
  const MOST = 30; // the server reads no more
  const form = document.getElementById("registration");
  const grid = form.querySelector(".reg-grid");
  const touched = new Set();
  let timer = null;
  let running = null;
  let said = { rows: {}, errors: {}, says: [] };
  let isFinal = false;
  let saving = false;
  let movedInto = null; // the empty field that the focus went into by itself; nothing was typed there yet
  let jumped = null; // the relation that a digit has chosen, the digit, and the ID number that the focus went to

  const rows = () => [...grid.querySelectorAll(".person")];
  const rowOf = (element) => element.closest(".person");
  const cell = (row, name) => row.querySelector(`[data-cell="${name}"]`);
  const placeOf = (row) => row.dataset.row.replace("rows-", "");
  const isBlank = (row) => !["id_no", "name", "birth_certificate_no"].some((name) => cell(row, name).value.trim());

  /* ---- rows ---- */

  function append() {
    const total = form.elements["rows-TOTAL_FORMS"];
    if (Number(total.value) >= MOST) {
      canbao.say(`一次最多登记${MOST}人，其余的登记后用 F4 加入。`);
      return rows().at(-1);
    }
    const fragment = document.getElementById("row-template").content.querySelector(".person").cloneNode(true);
    const place = total.value;
    fragment.innerHTML = fragment.innerHTML.replaceAll("rows-__prefix__", `rows-${place}`);
    fragment.dataset.row = `rows-${place}`;
    total.value = String(Number(place) + 1);
    grid.append(fragment);
    prepare(fragment);
    number();
    return fragment;
  }

  function number() {
    rows().forEach((row, index) => { row.querySelector(".g-no").textContent = index + 1; });
  }

  function prepare(row) {
    for (const field of row.querySelectorAll("[data-chooser]")) canbao.chooser.ready(field);
    reveal(row);
  }

  function drop(row) {
    for (const field of row.querySelectorAll("input")) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    const at = rows().indexOf(row);
    const next = rows()[at + 1] ?? rows()[at - 1] ?? append();
    row.hidden = true;
    row.classList.remove("person");
    cell(next, "id_no").focus();
    number();
    soon();
  }

  /* The second line of a row: what only some people need. */
  function reveal(row) {
    const isNewborn = cell(row, "id_no").value.trim() === NEWBORN;
    const category = cell(row, "category").value.trim();
    const about = said.rows[placeOf(row)];
    const general = document.getElementById("words-category").options[0].value;
    const shown = {
      newborn: isNewborn,
      certificate: Boolean(category) && category !== general && Boolean(canbao.chooser.match(cell(row, "category"), category)),
      renamed: Boolean(about?.renames),
    };
    for (const [name, is] of Object.entries(shown)) row.querySelector(`[data-more="${name}"]`).hidden = !is;
    const line = row.querySelector(".person-said");
    row.querySelector(".person-more").hidden = !Object.values(shown).some(Boolean) && !line.textContent;
  }

  /* ---- moving ---- */

  function go(field) {
    field.focus();
    if (field.type !== "checkbox") field.select();
  }

  /* The focus moves on by itself. A Tab that habit presses right behind it is swallowed, or it would skip the field. */
  function goItself(field) {
    go(field);
    movedInto = field.value.trim() ? null : field;
  }

  function nextRow(row, move = go) {
    const all = rows();
    const next = cell(all[all.indexOf(row) + 1] ?? append(), "id_no");
    move(next);
    return next;
  }

  /* A digit has chosen the relation: on to the next person. */
  function jump(relation) {
    const digit = canbao.chooser.match(relation, relation.value)?.digit;
    jumped = { relation, digit, into: nextRow(rowOf(relation), goItself) };
  }

  function afterName(row) {
    if (cell(row, "relation").value.trim()) nextRow(row);
    else go(cell(row, "relation"));
  }

  /* The person whom F8 and F10 are about: the one in whose row we are, or the one just finished. */
  function current() {
    const row = document.activeElement?.closest?.(".person");
    if (row && !isBlank(row)) return row;
    const all = rows();
    const filled = all.slice(0, row ? all.indexOf(row) : all.length).filter((each) => !isBlank(each));
    return filled.at(-1) ?? all[0];
  }

  function enter(field) {
    const row = rowOf(field);
    const name = field.dataset.cell;
    if (name === "id_no") {
      if (!field.value.trim() && isBlank(row)) document.getElementById("save").focus();
      else if (field.value.trim() === NEWBORN || isValid(field.value)) go(cell(row, "name"));
      else touch(field);
    } else if (name === "name") {
      if (field.value.trim()) afterName(row);
    } else if (name === "birth_certificate_no") go(cell(row, "mother_id_no"));
    else if (name === "mother_id_no") go(cell(row, "sex"));
    else if (name === "sex") go(cell(row, "birth_date"));
    else nextRow(row);
  }

  function vertical(field, step) {
    const all = rows();
    const next = all[all.indexOf(rowOf(field)) + step];
    if (next) go(cell(next, field.dataset.cell));
  }

  /* ---- ID numbers ---- */

  /* Who types on without a look may have meant the next person's number already with the digit that chose. */
  function takeBackDigit(field) {
    const whole = jumped?.into === field ? jumped.digit + plain(field.value) : "";
    if (whole.length !== 18 || !isValid(whole) || !BORN.test(whole)) return;
    const { relation, digit } = jumped;
    jumped = null;
    field.value = whole;
    relation.value = "";
    touch(relation);
    canbao.say(`“${digit}”是这个证件号的第一位，没有当作上一行的关系。请回上一行补选关系。`);
  }

  function typedId(field) {
    const row = rowOf(field);
    takeBackDigit(field);
    if (field.value.trim() === "0") {
      field.value = NEWBORN;
      reveal(row);
      goItself(cell(row, "name"));
      return;
    }
    const number = plain(field.value);
    if (number.length < 18) return;
    if (field.value !== number) field.value = number;
    if (isValid(number)) goItself(cell(row, "name"));
    else touch(field);
  }

  /* A digit has no place in a name: behind it, it is the relation. */
  function typedName(field) {
    const found = /^(.*\D)([1-9])$/u.exec(field.value);
    if (!found) return;
    field.value = found[1];
    const relation = cell(rowOf(field), "relation");
    relation.value = found[2];
    const word = canbao.chooser.match(relation, found[2]);
    if (word) relation.value = word.label;
    jump(relation);
  }

  /* ---- the server's word ---- */

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  }

  async function check() {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    try {
      const answer = await canbao.post(form.dataset.check, new FormData(form), { signal, accept: "application/json" });
      if (!answer.ok) return;
      tell(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") canbao.say("没有连上服务器，刚录的还没存上。请勿关闭页面，检查网络后接着录。");
    }
  }

  function touch(field) {
    touched.add(field.id);
    told(field);
  }

  /* Show the sentence of one cell: only when the cell was left, is complete, or the form was sent. */
  function wrong(field) {
    const row = rowOf(field);
    const sentence = said.rows[placeOf(row)]?.errors[field.dataset.cell];
    if (!sentence || !(isFinal || touched.has(field.id))) return "";
    return field.value.trim() || isFinal || field.dataset.cell === "relation" ? sentence : "";
  }

  function told(field) {
    const row = field.closest(".person");
    if (row) tellRow(row);
  }

  function tellRow(row) {
    const about = said.rows[placeOf(row)];
    const sentences = [];
    for (const field of row.querySelectorAll("[data-cell]")) {
      const sentence = about && !isBlank(row) ? wrong(field) : "";
      field.classList.toggle("is-wrong", Boolean(sentence));
      if (sentence) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      if (sentence) sentences.push(sentence);
    }
    const line = row.querySelector(".person-said");
    const note = about && !isBlank(row) ? about.note : "";
    line.textContent = [...new Set([note, ...sentences])].filter(Boolean).join("　");
    line.classList.toggle("person-told", !sentences.length && !about?.taken && !about?.renames);
    for (const place of row.querySelectorAll("[data-said]")) {
      const name = place.dataset.said;
      place.textContent = (about && (about.cells[name] ?? about[name])) || "";
      if (name === "word") {
        place.title = about?.why ?? "";
        place.classList.toggle("state", about?.state === "out");
        place.classList.toggle("state-out", about?.state === "out");
      }
    }
    reveal(row);
  }

  function tell(answer) {
    said = answer;
    rows().forEach(tellRow);
    const total = document.getElementById("reg-total");
    if (total) total.textContent = answer.total ? `¥ ${answer.total}` : "—";
    const says = document.getElementById("reg-says");
    says.replaceChildren(...answer.says.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
    for (const field of form.querySelectorAll(".reg-field input, .reg-field select")) {
      const error = document.getElementById(`${field.id}-error`);
      error.textContent = isFinal || touched.has(field.id) ? answer.errors[field.name] ?? "" : "";
    }
    if (answer.saved) {
      document.getElementById("draft-saved").textContent = `${answer.saved} 已存草稿`;
      document.getElementById("discard-button").hidden = false;
    }
  }

  /* On top where to look; the sentences stand beside the cells. */
  function summary(answer) {
    const places = [];
    for (const name of Object.keys(answer.errors)) places.push([labelOf(`id_${name}`), `id_${name}`]);
    rows().forEach((row, index) => {
      const about = answer.rows[placeOf(row)];
      if (!about) return;
      const wrongs = Object.keys(about.errors).map((name) => `${row.dataset.row}-${name}`);
      if (about.taken || about.renames || (about.note && !wrongs.length)) wrongs.push(`${row.dataset.row}-id_no`);
      for (const id of new Set(wrongs)) places.push([`第${index + 1}行${labelOf(id)}`, id]);
    });
    const line = document.createElement("p");
    line.append(places.length ? `还没有登记，${places.length}处要改：` : answer.says.join(" "));
    for (const [text, id] of places) {
      const link = Object.assign(document.createElement("a"), { href: `#${id}`, textContent: text });
      link.addEventListener("click", (event) => { event.preventDefault(); go(document.getElementById(id)); });
      line.append(link, "　");
    }
    document.getElementById("reg-summary").replaceChildren(line);
    if (places.length) go(document.getElementById(places[0][1]));
  }

  function labelOf(id) {
    const field = document.getElementById(id);
    return field.getAttribute("aria-label") ?? field.labels[0]?.textContent.trim() ?? "";
  }

  async function save() {
    if (saving) return;
    saving = true;
    clearTimeout(timer);
    running?.abort();
    canbao.chooser.hide();
    try {
      const answer = await canbao.post(form.action, new FormData(form), { accept: "application/json" });
      if (answer.status === 422) {
        isFinal = true;
        const said = await answer.json();
        tell(said);
        summary(said);
      } else if (answer.ok) {
        location.assign((await answer.json()).household);
        return;
      } else canbao.say("服务器出错，这一户没有登记。录入的内容已存为草稿，请稍后再按 F9。");
    } catch {
      canbao.say("没有连上服务器，不知这一户是否已登记。请先查找户主，再按 F9。");
    }
    saving = false;
  }

  /* ---- wiring ---- */

  form.addEventListener("input", (event) => {
    const field = event.target;
    movedInto = null;
    if (event.isComposing) return;
    if (field.dataset.cell === "id_no") typedId(field);
    if (field.dataset.cell === "name") typedName(field);
    soon();
  });
  form.addEventListener("compositionend", (event) => {
    setTimeout(() => event.target.dispatchEvent(new Event("input", { bubbles: true })));
  });
  form.addEventListener("change", soon);
  form.addEventListener("focusout", (event) => {
    const field = event.target;
    if (field.dataset.cell && field.value.trim()) touch(field);
    else if (field.id && !field.dataset.cell) touched.add(field.id);
  });
  form.addEventListener("canbao:chosen", (event) => {
    const field = event.target;
    const isTyped = event.detail?.typed;
    if (field.dataset.cell === "sex") (isTyped ? goItself : go)(cell(rowOf(field), "birth_date"));
    else if (isTyped && field.dataset.cell === "relation") jump(field);
    else nextRow(rowOf(field), isTyped ? goItself : go);
  });
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (canbao.keys.composing(event) || event.ctrlKey || event.metaKey || !field.matches("input, select")) return;
    const byHabit = event.code === "Tab" && !event.shiftKey && field === movedInto;
    movedInto = null;
    if (byHabit) event.preventDefault();
    else if (field.matches("[data-chooser]") && canbao.chooser.key(event)) event.preventDefault();
    else if (/Enter$/.test(event.code)) {
      event.preventDefault();
      if (field.dataset.cell) enter(field);
      else go(cell(rows()[0], "id_no"));
    } else if (field.dataset.cell && ["ArrowDown", "ArrowUp"].includes(event.code)) {
      event.preventDefault();
      vertical(field, event.code === "ArrowDown" ? 1 : -1);
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drop]");
    if (button) drop(rowOf(button));
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-grid]");
    if (button) go(cell(current(), button.dataset.grid));
  });
  // A card belongs into the first row without one, wherever the focus is.
  document.addEventListener("canbao:card", (event) => {
    const { field, name, number } = event.detail;
    event.preventDefault();
    canbao.chooser.hide();
    if (field?.dataset.cell === "mother_id_no" && !field.value.trim()) {
      field.value = number;
      go(cell(rowOf(field), "sex"));
    } else {
      const free = (row) => !cell(row, "id_no").value.trim();
      const here = field?.dataset.cell === "id_no" && free(rowOf(field)) ? rowOf(field) : null;
      const into = cell(here ?? rows().find(free) ?? append(), "id_no");
      into.value = number;
      go(into);
      const called = cell(rowOf(into), "name");
      if (name && !called.value.trim()) called.value = name;
      typedId(into);
    }
    soon();
  });

  rows().forEach(prepare);
  number();
  if (rows().some((row) => !isBlank(row))) check();
  const empty = rows().find((row) => !cell(row, "id_no").value.trim()) ?? rows()[0];
  go(cell(empty, "id_no"));

  return { check };
})();
