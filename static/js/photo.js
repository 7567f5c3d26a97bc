// 照片: the camera, and the choice of the part that is kept, by keys or by mouse.
(() => {
  const form = document.getElementById("photo");
  if (!form) return;
  const RATIO = 413 / 295;
  const file = form.elements.file;
  const canvas = document.getElementById("photo-crop");
  const camera = document.getElementById("photo-camera");
  const start = document.getElementById("photo-start");
  const snap = document.getElementById("photo-snap");
  const says = document.getElementById("photo-says");
  let picture = null;
  let box = null; // in pixels of the picture
  let stream = null;
  form.querySelector(".photo-desk").hidden = false;

  const scale = () => Math.min(480 / picture.width, 320 / picture.height);
  const clamp = (value, most) => Math.max(0, Math.min(most, value));

  function settle() {
    const widest = Math.min(picture.width, picture.height / RATIO);
    box.width = Math.max(Math.min(widest, 148), Math.min(widest, box.width));
    box.left = clamp(box.left, picture.width - box.width);
    box.top = clamp(box.top, picture.height - box.width * RATIO);
    form.elements.left.value = Math.round(box.left / picture.width * 1000);
    form.elements.top.value = Math.round(box.top / picture.height * 1000);
    form.elements.width.value = Math.max(50, Math.round(box.width / picture.width * 1000));
    draw();
  }

  function draw() {
    const by = scale();
    canvas.width = Math.round(picture.width * by);
    canvas.height = Math.round(picture.height * by);
    const pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const [x, y, w, h] = [box.left, box.top, box.width, box.width * RATIO].map((each) => each * by);
    pen.fillStyle = "rgba(0, 0, 0, 0.5)";
    pen.fillRect(0, 0, canvas.width, y);
    pen.fillRect(0, y + h, canvas.width, canvas.height - y - h);
    pen.fillRect(0, y, x, h);
    pen.fillRect(x + w, y, canvas.width - x - w, h);
    pen.strokeStyle = "#fff";
    pen.strokeRect(x, y, w, h);
  }

  async function chosen() {
    for (const name of ["left", "top", "width"]) form.elements[name].value = "";
    canvas.hidden = true;
    if (!file.files.length) return;
    try {
      picture = await createImageBitmap(file.files[0], { imageOrientation: "from-image" });
    } catch {
      says.textContent = "这个文件不是能打开的图片，请另选一张JPEG或PNG。";
      return;
    }
    says.textContent = "";
    const width = Math.min(picture.width, picture.height / RATIO);
    box = { width, left: (picture.width - width) / 2, top: (picture.height - width * RATIO) / 2 };
    canvas.hidden = false;
    settle();
    canvas.focus();
  }

  function stop() {
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    camera.hidden = snap.hidden = true;
    start.hidden = false;
  }

  start.addEventListener("click", async () => {
    if (!navigator.mediaDevices) {
      says.textContent = "这个网址不能用摄像头：浏览器只对 https 网址开放。请改用上传，或请管理员启用 https。";
      return;
    }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 960 } });
    } catch {
      says.textContent = "摄像头打不开：没有接好、被别的程序占用，或浏览器没有允许。请检查后再试，或改用上传。";
      return;
    }
    says.textContent = "";
    camera.srcObject = stream;
    await camera.play();
    camera.hidden = snap.hidden = false;
    start.hidden = canvas.hidden = true;
    snap.focus();
  });

  snap.addEventListener("click", () => {
    const still = document.createElement("canvas");
    still.width = camera.videoWidth;
    still.height = camera.videoHeight;
    still.getContext("2d").drawImage(camera, 0, 0);
    still.toBlob((blob) => {
      const held = new DataTransfer();
      held.items.add(new File([blob], "camera.jpg", { type: "image/jpeg" }));
      file.files = held.files;
      stop();
      start.textContent = "重拍";
      chosen();
    }, "image/jpeg", 0.95);
  });

  function grow(factor) {
    const before = box.width;
    box.width *= factor;
    box.left += (before - box.width) / 2;
    box.top += (before - box.width) * RATIO / 2;
    settle();
  }

  canvas.addEventListener("keydown", (event) => {
    const step = picture.width / 100;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (moves[event.key]) {
      box.left += moves[event.key][0] * step;
      box.top += moves[event.key][1] * step;
      settle();
    } else if (event.key === "+" || event.key === "=") grow(1.05);
    else if (event.key === "-") grow(1 / 1.05);
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("wheel", (event) => { event.preventDefault(); grow(event.deltaY < 0 ? 1 / 1.05 : 1.05); });
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    box.left += event.movementX / scale();
    box.top += event.movementY / scale();
    settle();
  });
  file.addEventListener("change", chosen);
  chosen();  // a file may have been chosen before this script was there
  window.addEventListener("pagehide", stop);
})();
