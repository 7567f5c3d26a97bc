/* 登录超时: ask for the password in place, then go on with what was interrupted. */
"use strict";

canbao.session = (() => {
  const dialog = () => document.getElementById("relogin");
  let waiting = null;
  let renewals = 0;

  /* Resolves once the person has logged in again; several requests wait for one dialog. A request that was sent before
     the last time, and refused only after it, need not ask: `since` is what `times()` was when it was sent. */
  function renew(since = renewals) {
    if (since !== renewals) return Promise.resolve();
    if (!waiting) waiting = ask().finally(() => { waiting = null; });
    return waiting;
  }

  function times() {
    return renewals;
  }

  function ask() {
    const before = document.activeElement;
    return new Promise((resolve) => {
      const form = dialog().querySelector("form");
      form.onsubmit = async (event) => {
        event.preventDefault();
        if (await logIn(form)) {
          renewals += 1;
          dialog().close();
          before?.focus();
          resolve();
        }
      };
      dialog().oncancel = (event) => event.preventDefault();
      dialog().showModal();
      form.elements.password.focus();
    });
  }

  async function logIn(form) {
    const error = document.getElementById("relogin-error");
    const body = new FormData(form);
    body.set("csrfmiddlewaretoken", canbao.token());
    const done = canbao.working();
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": canbao.token() } });
      const said = await answer.json();
      if (!answer.ok) {
        error.textContent = said.error;
        if (said.asks_code) document.getElementById("relogin-code-field").hidden = false;
        form.elements[said.asks_code ? "code" : "password"].select();
        return false;
      }
      error.textContent = "";
      form.elements.password.value = form.elements.code.value = "";
      for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = said.csrf_token;
      return true;
    } catch {
      error.textContent = "没有连上服务器，请检查网络后再试。";
      return false;
    } finally {
      done();
    }
  }

  const sentAt = new WeakMap();
  document.addEventListener("htmx:beforeSend", (event) => sentAt.set(event.detail.xhr, renewals));

  document.addEventListener("htmx:responseError", async (event) => {
    if (event.detail.xhr.status !== 401) return;
    const { verb, path, elt, parameters } = event.detail.requestConfig;
    const values = Object.fromEntries(Object.keys(parameters).map((name) => [name, parameters[name]]));
    await renew(sentAt.get(event.detail.xhr));
    htmx.ajax(verb, path, { source: elt, target: event.detail.target, swap: elt.getAttribute("hx-swap") ?? undefined, values });
  });

  /* A form that is sent as a page would lose what was typed to the login page: ask first whether the session holds.
     A second click while the first is on its way sends nothing; where a file comes (data-file), the page stays and the
     next file may be asked for at once. */
  const FRESH = 2_000;
  const ON_ITS_WAY = 5_000;
  const asking = new WeakSet();
  const sent = new WeakMap();
  let held = 0;

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const isPage = form.method === "post" && !form.hasAttribute("hx-post") && !form.target && !event.submitter?.formTarget;
    if (event.defaultPrevented || !isPage || "leaves" in form.dataset) return;
    if (asking.has(form) || (!("file" in form.dataset) && Date.now() - (sent.get(form) ?? 0) < ON_ITS_WAY)) {
      event.preventDefault();
      return;
    }
    if (Date.now() - held < FRESH) {
      sent.set(form, Date.now());
      return;
    }
    event.preventDefault();
    asking.add(form);
    const { submitter } = event;
    const goesOn = await holds();
    asking.delete(form);
    if (goesOn) {
      held = Date.now();
      form.requestSubmit(submitter);
    }
  });

  async function holds() {
    const since = renewals;
    try {
      const answer = await fetch(document.body.dataset.session, { headers: { "Canbao-Staff": document.body.dataset.staff } });
      if (answer.status === 401) await renew(since);
      return true;
    } catch {
      canbao.say(canbao.LOST);
      return false;
    }
  }

  return { renew, times };
})();
