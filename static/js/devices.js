/* 本机设备: what a reader, a camera and this browser do when they are tried, and what mends each. */
"use strict";

(() => {
  const show = (id, kind, text) => {
    const line = document.getElementById(id);
    line.className = `tried tried-${kind}`;
    line.textContent = text;
  };
  const last = (number) => `号码尾数 ${number.slice(-4)}`;

  /* ---- 读卡器 ---- */
  const probe = document.getElementById("probe");
  let keys = [];
  let pause = null;

  function judge(byEnter) {
    clearTimeout(pause);
    const heard = keys;
    keys = [];
    probe.value = "";
    if (!heard.length) return;
    const typed = heard.map((each) => each.typed ?? "?").join("");
    const slowest = Math.max(0, ...heard.slice(1).map((each, place) => Math.round(each.at - heard[place].at)));
    const say = (text) => show("reader-says", "wrong", text);
    if (!/^[0-9X]+$/.test(typed)) return say("送来的不只是身份证号。请在读卡器的设置里改为只送号码，去掉姓名、住址和前后缀。");
    if (typed.length !== 18) return say(`送来 ${typed.length} 位，身份证号应是18位。请重读一次；每次都少，请把读卡器的按键间隔调到10至20毫秒。`);
    if (!canbao.reader.isValid(typed)) return say("18位都到了，但校验位不符。多半漏了或串了按键：请把读卡器的按键间隔调大到20毫秒，键盘布局设为美国英语。");
    if (slowest > canbao.reader.PAUSE) return say(`两键之间最长隔了 ${slowest} 毫秒，超过 ${canbao.reader.PAUSE} 毫秒就像人在打字，不当作读卡。请把读卡器的按键间隔调到10至20毫秒。`);
    if (!byEnter) return say("号码对，但后面没有回车。请在读卡器的设置里打开“读后发送回车（Enter）”。");
    const composed = heard.some((each) => each.composed) ? "输入法开着，不碍事；" : "";
    show("reader-says", "well", `好。${composed}${last(typed)}，两键之间最长 ${slowest} 毫秒，后有回车。`);
  }

  probe.addEventListener("keydown", (event) => {
    if (/Enter$/.test(event.code)) {
      event.preventDefault();
      judge(true);
      return;
    }
    if (event.key.length > 1 && !canbao.keys.composing(event)) return; // Shift, Tab, Ins and the like
    keys.push({ typed: canbao.reader.character(event), at: event.timeStamp, composed: canbao.keys.composing(event) });
    clearTimeout(pause);
    pause = setTimeout(judge, 1500, false);
  });
  // A card that is tried here is not looked up.
  document.addEventListener("canbao:card", (event) => {
    event.preventDefault();
    if (keys.length) judge(true);
    else show("reader-says", "well", `好。${last(event.detail.number)}${event.detail.name ? "，姓名也送来了" : ""}。`);
  });
  document.addEventListener("canbao:card-trouble", (event) => {
    event.preventDefault();
    show("reader-says", "wrong", event.detail);
  });

  const way = () => document.querySelector("[name=way]:checked")?.value;
  const fields = document.getElementById("service-fields");
  const command = document.getElementById("service-command");
  const choose = () => {
    fields.hidden = way() === "keyboard";
    command.hidden = way() !== "websocket";
  };
  document.getElementById("reader-form").addEventListener("change", choose);
  choose();

  /* ---- 摄像头 ---- */
  const camera = document.getElementById("camera");
  const start = document.getElementById("camera-start");
  let stream = null;
  const TROUBLE = {
    NotAllowedError: "浏览器没有允许本网站用摄像头。请点地址栏左边的图标，把“摄像头”改为允许，再试；统一管理的电脑请管理员在策略里放行。",
    NotFoundError: "没有找到摄像头。请插好，等几秒再试；换一个USB口，或在系统的设备管理里看是否认出。",
    NotReadableError: "摄像头被别的程序占用，或驱动有问题。请关掉其他用摄像头的程序（视频会议、高拍仪软件），再试。",
    OverconstrainedError: "摄像头给不出要的画面大小。请换一个至少640×480的摄像头。",
  };

  async function look() {
    if (stream) return stop();
    if (!navigator.mediaDevices) return show("camera-says", "wrong", "这个网址不能用摄像头：浏览器只对 https 网址和本机开放。请管理员启用 https。");
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 960 } } });
    } catch (error) {
      return show("camera-says", "wrong", TROUBLE[error.name] ?? `摄像头打不开（${error.name}）。请重新插好，再试。`);
    }
    camera.srcObject = stream;
    await camera.play();
    camera.hidden = false;
    start.textContent = "关上";
    const { width, height } = stream.getVideoTracks()[0].getSettings();
    const enough = Math.min(width, height) >= 480;
    show("camera-says", enough ? "well" : "wrong", enough
      ? `好。画面 ${width}×${height}。看得到自己，照片就拍得成。`
      : `画面只有 ${width}×${height}，照片会不清楚。请换一个至少640×480的摄像头。`);
  }

  function stop() {
    for (const track of stream.getTracks()) track.stop();
    stream = null;
    camera.hidden = true;
    start.textContent = "打开摄像头";
  }
  start.addEventListener("click", look);

  /* ---- 浏览器 ---- */
  const OLDEST = 120;
  const main = document.querySelector("[data-now]");
  const apart = Math.round((Date.now() - Number(main.dataset.now) * 1000 - performance.now()) / 1000);
  const version = Number(/(?:Chrome|Chromium)\/(\d+)/.exec(navigator.userAgent)?.[1] ?? 0);
  const rows = {
    "browser-version": [version >= OLDEST, `Chromium 内核 ${version}`,
      version ? `内核 ${version} 太旧，请升级到 ${OLDEST} 以上。` : "这不是 Chrome、Edge 或同内核的浏览器，快捷键和读卡可能不灵。请改用其中之一。"],
    "browser-secure": [isSecureContext, "网址安全，可以用摄像头和本机读卡程序",
      "网址不是 https，浏览器不开放摄像头和本机读卡程序。请管理员启用 https。"],
    "browser-clock": [Math.abs(apart) <= 120, "与服务器相差不到2分钟",
      `电脑时钟与服务器相差 ${Math.abs(Math.round(apart / 60))} 分钟。收据上的时间以服务器为准；请把电脑设为自动对时。`],
    "browser-pdf": [navigator.pdfViewerEnabled, "能直接显示和打印",
      "浏览器被设为下载PDF而不显示，收据打印不出来。请在浏览器设置的“PDF文档”里改为在浏览器中打开。"],
    "browser-screen": [window.innerWidth >= 1280, `窗口宽 ${window.innerWidth}`,
      `窗口只有 ${window.innerWidth} 宽，表格会挤。请最大化窗口，或把缩放调到100%（Ctrl+0）。`],
  };
  for (const [id, [well, good, bad]] of Object.entries(rows)) show(id, well ? "well" : "wrong", well ? `好。${good}。` : bad);
})();
