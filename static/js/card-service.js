/* 读卡服务: a reader whose maker gives a program that listens on this computer. It is asked with Ins, or sends by
   itself; whatever its answer looks like, the ID number in it is found by its check digit. */
"use strict";

canbao.cardService = (() => {
  const PATIENCE = 8000; // a person looks for the card and lays it down
  const NAMES = /^(?:name|partyname|personname|peoplename|xm|姓名)$/i;
  const { readerWay: way, readerAddress: address, readerSend: send } = document.body.dataset;

  class Trouble extends Error {}

  /* Every text of a JSON answer with the name it stands under; of any other answer the whole. */
  function* texts(value, under = "") {
    if (value && typeof value === "object") {
      for (const [name, inner] of Object.entries(value)) yield* texts(inner, name);
    } else yield [under, String(value ?? "")];
  }

  function parsed(answer) {
    // Some services wrap their JSON in the name of a function.
    const bare = answer.trim().replace(/^[\w.$]+\(([\s\S]*)\)\s*;?$/, "$1");
    try {
      return JSON.parse(bare);
    } catch {
      return answer;
    }
  }

  /* The card in an answer: {number, name}, or null where there is none. */
  function cardIn(answer) {
    const all = [...texts(parsed(answer))];
    const numbers = new Set(all.flatMap(([, text]) => text.match(/(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])/g) ?? [])
      .map((each) => each.toUpperCase()).filter(canbao.reader.isValid));
    if (numbers.size > 1) throw new Trouble("读卡程序送来了不止一个身份证号，不知道是哪一个。请只放一张证件再读。");
    const named = all.find(([under, text]) => NAMES.test(under) && text.trim());
    return numbers.size ? { number: [...numbers][0], name: named?.[1].trim() ?? "" } : null;
  }

  function told(answer, field) {
    const card = cardIn(answer);
    if (!card) return false;
    canbao.reader.found({ ...card, field });
    return true;
  }

  async function ask() {
    let answer;
    try {
      answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), credentials: "omit", cache: "no-store" });
    } catch (error) {
      throw new Trouble(error.name === "TimeoutError"
        ? "读卡程序没有回答。请看证件是否放好，再按一次 Ins；仍不行请重新启动读卡程序。"
        : "连不上本机的读卡程序。请看它是否已启动，浏览器是否允许本网站访问本机；可在“本机设备”里逐项检查。");
    }
    return answer.text();
  }

  const isText = (field) => field?.matches && canbao.reader.isText(field) && field.id !== "search-box";
  let socket = null;

  function connected() {
    if (socket?.readyState === WebSocket.OPEN) return Promise.resolve(socket);
    return new Promise((resolve, reject) => {
      socket = new WebSocket(address);
      socket.addEventListener("open", () => resolve(socket));
      socket.addEventListener("error", () => reject(new Trouble(
        "连不上本机的读卡程序。请看它是否已启动，浏览器是否允许本网站访问本机；可在“本机设备”里逐项检查。")));
      socket.addEventListener("message", heard);
    });
  }

  function heard(event) {
    if (document.hidden) return; // another page of this browser is in front, and hears it too
    const field = isText(document.activeElement) ? document.activeElement : null;
    try {
      told(String(event.data), field);
    } catch (error) {
      say(error);
    }
  }

  /* A page that shows it in a place of its own prevents the event's default. */
  function say(error) {
    const trouble = new CustomEvent("canbao:card-trouble", { detail: error.message, cancelable: true });
    if (document.dispatchEvent(trouble)) canbao.say(error.message);
  }

  /* Read once. A WebSocket service answers when it likes, and is heard then. */
  async function read() {
    const field = isText(document.activeElement) ? document.activeElement : null;
    const done = canbao.working();
    try {
      if (way === "websocket") {
        const open = await connected();
        if (send) open.send(send);
      } else if (!told(await ask(), field)) {
        throw new Trouble("读卡程序没有读到证件。请把证件放在读卡器上，再按一次 Ins。");
      }
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      say(error);
    } finally {
      done();
    }
  }

  document.getElementById("card-read")?.addEventListener("click", read);
  // Listen from the start, for a service that sends a card by itself; where there is none, Ins says so.
  if (way === "websocket") connected().catch(() => {});

  return { read };
})();
