// QR codes in pictures: the scanner starts on first use, and reads one picture at a time.

import { Refusal } from "./refusal.js";
import { readQrText } from "./qr.js";
import { startScanner } from "./workers.js";

let scanner = null;
let turns = 0;

// The texts of the codes in a picture (a file, or pixels); none if it cannot be read.
export async function readCodes(picture, settings) {
  scanner ??= startScanner(settings);
  const turn = ++turns;
  const { texts, broken } = await new Promise((resolve, reject) => {
    const heard = ({ data }) => {
      if (data.turn === turn) settle(resolve, data);
    };
    // An error of the worker itself: its script could not be loaded.
    const failed = () => settle(reject, new ScannerMissing());
    const settle = (how, what) => {
      scanner.removeEventListener("message", heard);
      scanner.removeEventListener("error", failed);
      how(what);
    };
    scanner.addEventListener("message", heard);
    scanner.addEventListener("error", failed);
    scanner.postMessage({ turn, picture });
  }).catch((error) => {
    scanner.terminate();
    scanner = null;
    throw error;
  });
  if (broken) console.info("the picture cannot be read", broken);
  return texts ?? [];
}

// The scanner could not be loaded: there is no connection, and it was never cached.
export class ScannerMissing extends Error {}

// The text to verify: of several, one that is ours.
export function bestOf(texts) {
  return texts.find(isOurs) ?? texts.find((text) => text.startsWith("https://")) ?? texts[0];
}

function isOurs(text) {
  try {
    return Boolean(readQrText(text));
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
