// The scanner, in its own worker: reads QR codes in pictures by zxing-cpp, compiled to WebAssembly.

import { prepareZXingModule, readBarcodes } from "./zxing/es/reader/index.js";

const BINARY = new URL("./zxing/reader/zxing_reader.wasm", import.meta.url).href;
const OPTIONS = { formats: ["QRCode"], maxNumberOfSymbols: 4, tryHarder: true };

prepareZXingModule({ overrides: { locateFile: () => BINARY } });

// {turn, picture}: a file or the pixels of a camera. Answers {turn, texts} or {turn, broken}.
addEventListener("message", async ({ data: { turn, picture } }) => {
  try {
    const symbols = await readBarcodes(picture, OPTIONS);
    postMessage({ turn, texts: symbols.filter((symbol) => symbol.isValid).map((symbol) => symbol.text) });
  } catch (error) {
    postMessage({ turn, broken: String(error) });
  }
});
