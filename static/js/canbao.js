/* 参保: what every script of a page shares: tokens on requests, a request of our own, the sign that it works. */
"use strict";

window.canbao = (() => {
  const BUSY_AFTER = 300;
  let waiting = 0;

  function token() {
    // Over HTTPS it has the prefix; one without it may be left over from plain days.
    const found = /(?:^|; )__Host-csrftoken=([^;]+)/.exec(document.cookie) ?? /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    return found ? decodeURIComponent(found[1]) : document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  }

  function headers(accept) {
    return { Accept: accept, "X-CSRFToken": token(), "Canbao-Staff": document.body.dataset.staff };
  }

  /* Show that something works, but only when it takes longer than a glance. */
  function working() {
    waiting += 1;
    const timer = setTimeout(() => { document.getElementById("busy").hidden = false; }, BUSY_AFTER);
    return () => {
      clearTimeout(timer);
      waiting -= 1;
      if (!waiting) document.getElementById("busy").hidden = true;
    };
  }

  /* POST and give the answer; a session that has run out is mended by the dialog, and the request goes out again. */
  async function post(url, body, { signal, accept = "text/html" } = {}) {
    // A body that waited for the password has the token of before, and that in the body counts before the header's.
    if (body.has("csrfmiddlewaretoken")) body.set("csrfmiddlewaretoken", token());
    const done = working();
    const since = canbao.session.times();
    try {
      const answer = await fetch(url, { method: "POST", body, headers: headers(accept), signal, redirect: "manual" });
      if (answer.status !== 401) return answer;
    } finally {
      done();
    }
    await canbao.session.renew(since);
    return post(url, body, { signal, accept });
  }

  function say(text, kind = "error") {
    const line = document.createElement("p");
    line.className = `message message-${kind}`;
    line.textContent = text;
    document.getElementById("messages").replaceChildren(line);
  }

  /* What an answer that is no page says; 401 is for the dialog of session.js, 422 is a page with what is wrong. */
  function refused(status, number = "") {
    if (status < 400 || status === 401 || status === 422) return;
    if (status === 404) say("找不到这一项，可能已改动，或不在您的管辖范围内。请重新查找。");
    else if (status === 403) say("您的角色不能办理这一步，或页面已过期。请刷新页面后重试。");
    else if (status === 413) say("送来的内容太多，这一步没有完成。请减少一次录入的内容后重试。");
    else if (status === 503) say("数据库暂时连不上或磁盘满了，这一步可能没有完成。请先查找这一户，看是否已办成；仍不行请告诉管理员。");
    else say(`服务器出错，这一步没有完成。请查找这一户，看是否已办成，再重新办理。${number && `请求编号 ${number.slice(0, 8)}。`}`);
  }

  const LOST = "没有连上服务器，刚才的一步不知是否办成。请检查网络后重试；收款不会重复。";

  document.addEventListener("htmx:configRequest", (event) => {
    Object.assign(event.detail.headers, headers("text/html"));
    // What renews itself is no click: it must not keep a screen open that was left. A screen on the wall stays.
    const { elt } = event.detail;
    if (elt.getAttribute("hx-trigger")?.includes("every ") && !("stays" in elt.dataset)) event.detail.headers["Canbao-Unattended"] = "1";
    // The token may have changed with a login since the page was made; the cookie has the one in force.
    if (event.detail.parameters.csrfmiddlewaretoken) event.detail.parameters.csrfmiddlewaretoken = token();
  });
  // Heard from the request itself: the element that sent it may be gone from the page, and its events with it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { xhr } = event.detail;
    xhr.addEventListener("loadend", working());
    xhr.addEventListener("load", () => refused(xhr.status, xhr.getResponseHeader("Canbao-Request") ?? ""));
    xhr.addEventListener("error", () => say(LOST));
    xhr.addEventListener("timeout", () => say(LOST));
  });
  // A reason looked up, or a dialog opened, does not make the message about the step before less true.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target.closest("#why, #dialog")) document.getElementById("messages").replaceChildren();
  });
  // A page that the browser kept from before goes stale: what it shows may have been paid meanwhile.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  return { post, say, token, working, LOST };
})();
