// Copies a link by a press, and says so; where the browser has no clipboard the button stays hidden.
"use strict";
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const told = document.getElementById("copied");
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      told.textContent = button.dataset.copied;
    } catch {
      told.textContent = button.dataset.refused;
    }
  });
}
