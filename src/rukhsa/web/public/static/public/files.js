// Files to verify: chosen, dropped, shared by another app, or opened with this one.

import { bestOf, readCodes, ScannerMissing } from "./codes.js";

const MAXIMUM_FILE = 16 * 2 ** 20;
const SHARED = "rukhsa-shared";

// Connect the field of files. `found(text, picture)` takes the text of a code and the picture it was in, `foundPdf(bytes, file)` a released file.
export function prepareFiles({ settings, found, foundPdf, trouble, working }) {
  const [form, input, drop] = ["file-form", "file", "drop"].map((id) => document.getElementById(id));
  const take = (file) => {
    // The file is put into the field in any case, so that it can also be sent to the server.
    const held = new DataTransfer();
    held.items.add(file);
    input.files = held.files;
    return takeFile(file, { settings, found, foundPdf, trouble, working });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) take(input.files[0]);
  });
  input.addEventListener("change", () => input.files.length && take(input.files[0]));
  document.addEventListener("click", (event) => event.target.closest("[data-ask-site]") && form.submit());
  if (input.files.length) take(input.files[0]); // it was chosen before this script had come
  // Choosing the same file again verifies it again.
  input.addEventListener("click", () => (input.value = ""));
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.dataset.over = "";
  });
  drop.addEventListener("dragleave", () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
  globalThis.launchQueue?.setConsumer(async ({ files }) => {
    if (files?.length) take(await files[0].getFile());
  });
  return take;
}

async function takeFile(file, { settings, found, foundPdf, trouble, working }) {
  const { sentences } = settings;
  if (!file.size) return trouble(sentences.emptyFile);
  if (file.size > MAXIMUM_FILE) return trouble(sentences.tooLarge);
  working(sentences.readingFile);
  const start = new TextDecoder().decode(await file.slice(0, 8).arrayBuffer());
  if (start.startsWith("%PDF-")) return foundPdf(new Uint8Array(await file.arrayBuffer()), file);
  if (start.startsWith("https://")) return found((await file.text()).trim());
  if (!file.type.startsWith("image/")) return trouble(sentences.neitherPictureNorPdf);
  try {
    const text = bestOf(await readCodes(file, settings));
    return text === undefined ? trouble(sentences.noCode) : found(text, file);
  } catch (error) {
    if (!(error instanceof ScannerMissing)) throw error;
    return trouble(sentences.scannerMissing);
  }
}

// The file that another app shared, stored by the service worker; removed when read. Null if there is none.
export async function takeShared() {
  const cache = await caches.open(SHARED);
  const response = await cache.match("/shared");
  await caches.delete(SHARED);
  if (!response) return null;
  const content = await response.blob();
  return new File([content], "shared", { type: content.type });
}
