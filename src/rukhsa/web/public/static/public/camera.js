// The camera: opened only on a press, read on this device, and closed as soon as a code is read.

import { bestOf, readCodes, ScannerMissing } from "./codes.js";

const EVERY = 180; // milliseconds between two looks
const LONGEST = 1600; // pixels: enough for the code on a page, and faster on a telephone
const REASONS = { NotAllowedError: "cameraRefused", NotFoundError: "cameraMissing", NotReadableError: "cameraBusy" };

// Connect the buttons of the camera. `found(text)` receives the text of a code, `trouble(sentence)` an error.
export function prepareCamera({ settings, found, trouble }) {
  const parts = ["scan", "camera", "camera-start", "camera-stop", "camera-picture", "camera-light", "camera-which", "camera-hint"];
  const [section, camera, start, stop, video, light, which, hint] = parts.map((id) => document.getElementById(id));
  section.hidden = !navigator.mediaDevices?.getUserMedia;
  if (section.hidden) return;
  start.disabled = false;
  const close = () => {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    camera.hidden = true;
    start.hidden = false;
  };
  const open = async (wanted) => {
    close();
    hint.textContent = settings.sentences.scannerComes;
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { ...wanted, width: { ideal: LONGEST } } });
      await video.play();
    } catch (error) {
      console.info("no camera", error.name);
      close();
      return trouble(settings.sentences[REASONS[error.name] ?? "cameraBusy"]);
    }
    camera.hidden = false;
    start.hidden = true;
    stop.focus();
    offerLight(video, light);
    await offerOthers(video, which);
    try {
      await watch(video, settings, { seen: close, found, ready: () => (hint.textContent = settings.sentences.scannerReady) });
    } catch (error) {
      if (!(error instanceof ScannerMissing)) throw error;
      close();
      trouble(settings.sentences.scannerMissing);
    }
  };
  start.addEventListener("click", () => open({ facingMode: "environment" }));
  stop.addEventListener("click", () => (close(), start.focus()));
  which.addEventListener("change", () => open({ deviceId: { exact: which.value } }));
  light.addEventListener("click", () => turnLight(video, light));
  addEventListener("pagehide", close);
  return close;
}

// Read frames until a code is found or the camera is closed.
async function watch(video, settings, { seen, found, ready }) {
  const stream = video.srcObject;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  while (video.srcObject === stream) {
    if (video.videoWidth) {
      const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight].map((side) => Math.round(side * scale));
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = bestOf(await readCodes(context.getImageData(0, 0, canvas.width, canvas.height), settings));
      ready();
      if (text !== undefined && video.srcObject === stream) {
        seen();
        return found(text);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

function offerLight(video, light) {
  const [track] = video.srcObject.getVideoTracks();
  light.hidden = !track.getCapabilities?.().torch;
  light.setAttribute("aria-pressed", "false");
}

async function turnLight(video, light) {
  const [track] = video.srcObject.getVideoTracks();
  const on = light.getAttribute("aria-pressed") !== "true";
  await track.applyConstraints({ advanced: [{ torch: on }] });
  light.setAttribute("aria-pressed", String(on));
}

// The other cameras of the device, which the browser names only after one was permitted.
async function offerOthers(video, which) {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const cameras = devices.filter((device) => device.kind === "videoinput" && device.deviceId);
  which.closest("label").hidden = cameras.length < 2;
  which.replaceChildren(
    ...cameras.map((device, at) => {
      const option = document.createElement("option");
      Object.assign(option, { value: device.deviceId, textContent: device.label || String(at + 1) });
      return option;
    }),
  );
  which.value = video.srcObject?.getVideoTracks()[0].getSettings().deviceId ?? "";
}
