// Reading the square code on this device: by the camera, or from a picture. The scanner is loaded when first asked for.

import { Refusal } from "./refusal.js";
import { readQrText } from "./qr.js";

const MAXIMUM_FILE = 16 * 2 ** 20;
const EVERY = 180; // milliseconds between two looks through the camera
const OPTIONS = { formats: ["QRCode"], maxNumberOfSymbols: 4, tryHarder: true };

let reader = null;

// Connect the buttons of the page. `found(text)` takes the text of a code, `trouble(sentence)` tells what went wrong.
export function prepareScanner({ settings, found, trouble }) {
  prepareCamera({ settings, found, trouble });
  prepareFiles({ settings, found, trouble });
}

function prepareCamera({ settings, found, trouble }) {
  if (!navigator.mediaDevices?.getUserMedia) return;
  const [section, camera, start, stop, video] = ["scan", "camera", "camera-start", "camera-stop", "camera-picture"].map(
    (id) => document.getElementById(id),
  );
  section.hidden = false;
  const close = () => {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    camera.hidden = true;
    start.hidden = false;
  };
  start.addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      await video.play();
    } catch (error) {
      console.info("no camera", error.name);
      close();
      return trouble(settings.sentences.noCamera);
    }
    camera.hidden = false;
    start.hidden = true;
    watch(video, settings, (text) => {
      close();
      found(text);
    });
  });
  stop.addEventListener("click", close);
}

// Look through the camera until a code of our form is seen or the camera is closed.
async function watch(video, settings, seen) {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  while (video.srcObject) {
    if (video.videoWidth) {
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      context.drawImage(video, 0, 0);
      const texts = await read(context.getImageData(0, 0, canvas.width, canvas.height), settings);
      const text = texts.find(isOurs) ?? texts.find((each) => each.startsWith("https://"));
      if (text && video.srcObject) return seen(text);
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

function prepareFiles({ settings, found, trouble }) {
  const [form, input, drop] = ["file-form", "file", "drop"].map((id) => document.getElementById(id));
  // A chosen file is taken at once: the browser's own field and the button are for pages without a script.
  drop.dataset.ready = "";
  for (const part of drop.querySelectorAll(".choose")) part.hidden = false;
  const take = async (file) => {
    if (file.size > MAXIMUM_FILE) return trouble(settings.sentences.tooLarge);
    // A PDF is read by the strict reader of the server, which sees what the picture of its page does not show.
    if (!file.type.startsWith("image/")) return form.submit();
    const texts = await readPicture(file, settings);
    const text = texts.find(isOurs) ?? texts[0];
    if (text === undefined) return trouble(settings.sentences.noCode);
    return found(text);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) take(input.files[0]);
  });
  input.addEventListener("change", () => input.files.length && take(input.files[0]));
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.dataset.over = "";
  });
  drop.addEventListener("dragleave", () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    take(input.files[0]);
  });
}

async function readPicture(file, settings) {
  try {
    return await read(file, settings);
  } catch (error) {
    console.info("the picture cannot be read", error);
    return [];
  }
}

async function read(picture, settings) {
  reader ??= await load(settings);
  const symbols = await reader.readBarcodes(picture, OPTIONS);
  return symbols.filter((symbol) => symbol.isValid).map((symbol) => symbol.text);
}

async function load(settings) {
  const scanner = await import(settings.scanner);
  scanner.prepareZXingModule({ overrides: { locateFile: () => settings.scannerBinary } });
  return scanner;
}

function isOurs(text) {
  try {
    return Boolean(readQrText(text));
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
