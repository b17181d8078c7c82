// Typed questions: the text of a QR, and a number with its code, which the server looks up.

const ARABIC_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;

export function prepareTyping({ settings, found, trouble }) {
  const [paste, text, number] = ["paste-form", "paste", "number-form"].map((id) => document.getElementById(id));
  paste.addEventListener("submit", (event) => {
    event.preventDefault();
    found(textOfCode(text.value, settings));
  });
  number.addEventListener("submit", async (event) => {
    event.preventDefault();
    // Offline the browser would show its own error page, and what was typed would be lost.
    if (await isReachable(settings)) number.submit();
    else trouble(settings.sentences.numberNeedsNetwork);
  });
}

// The text of a QR as pasted: digits of any script, this page's address in a language, or a link.
function textOfCode(typed, { host }) {
  const text = latinDigits(typed).replace(/\s+/g, "");
  if (/^#?[0-9]+$/.test(text)) return `https://${host}/#${text.replace("#", "")}`;
  return text.replace(/^(https:\/\/[^/]+\/)[a-z]{2}\/#/, "$1#");
}

function latinDigits(text) {
  return text.replace(ARABIC_DIGITS, (digit) => String(digit.codePointAt(0) & 0xf));
}

async function isReachable({ trustList }) {
  try {
    await fetch(trustList, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(8000) });
    return true;
  } catch {
    return false;
  }
}
