// The picture on one's card: its part is chosen here, so that a phone sends kilobytes and nothing that its camera wrote.

import { write } from "./server.js";
import { say } from "./toast.js";

const SIZE = 448;

export function connect(form) {
  const [input, crop, plain] = [form.elements.photo, form.querySelector("[data-crop]"), form.querySelector("[data-plain]")];
  const [canvas, zoom] = [crop.querySelector("canvas"), crop.querySelector("[data-zoom]")];
  const view = { picture: null, x: 0, y: 0 };
  plain.hidden = true;

  const scale = () => (SIZE / Math.min(view.picture.width, view.picture.height)) * Number(zoom.value);

  function draw() {
    const [width, height] = [view.picture.width * scale(), view.picture.height * scale()];
    const [farX, farY] = [(width - SIZE) / 2, (height - SIZE) / 2];
    view.x = Math.max(-farX, Math.min(farX, view.x));
    view.y = Math.max(-farY, Math.min(farY, view.y));
    const ground = canvas.getContext("2d");
    ground.fillStyle = "white";
    ground.fillRect(0, 0, SIZE, SIZE);
    ground.drawImage(view.picture, SIZE / 2 - width / 2 + view.x, SIZE / 2 - height / 2 + view.y, width, height);
  }

  async function choose() {
    const [file] = input.files;
    if (!file) return;
    try {
      view.picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      // The server reads more than this browser does, and says what it does not.
      await upload(file, file.name);
      input.value = "";
      return;
    }
    Object.assign(view, { x: 0, y: 0 });
    zoom.value = 1;
    crop.hidden = false;
    draw();
    canvas.focus();
  }

  function cancel() {
    crop.hidden = true;
    input.value = "";
  }

  async function send(event) {
    event.target.setAttribute("aria-busy", true);
    await upload(await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9)), "photo.jpg");
    event.target.removeAttribute("aria-busy");
  }

  async function upload(picture, name) {
    const body = new FormData();
    body.append("photo", picture, name);
    try {
      const address = form.getAttribute("action").split("?")[0];
      const answer = await write(address, { method: "PUT", body, headers: { Accept: "application/json" } });
      if (answer.ok) return location.reload();
      say((await answer.json().catch(() => ({}))).says);
    } catch {
      say();
    }
  }

  const move = (x, y) => {
    view.x += x;
    view.y += y;
    draw();
  };
  const arrows = { ArrowLeft: [-12, 0], ArrowRight: [12, 0], ArrowUp: [0, -12], ArrowDown: [0, 12] };
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    const ratio = SIZE / canvas.clientWidth;
    if (canvas.hasPointerCapture(event.pointerId)) move(event.movementX * ratio, event.movementY * ratio);
  });
  canvas.addEventListener("keydown", (event) => {
    if (!arrows[event.key]) return;
    event.preventDefault();
    move(...arrows[event.key]);
  });
  zoom.addEventListener("input", draw);
  input.addEventListener("change", choose);
  crop.querySelector("[data-take]").addEventListener("click", send);
  crop.querySelector("[data-cancel]").addEventListener("click", cancel);
  return cancel;
}
