// Fetches htmx when the search is entered: the first page stands without it.
"use strict";
{
  const { htmx } = document.currentScript.dataset;
  document.getElementById("q")?.addEventListener("focus", () => {
    document.head.append(Object.assign(document.createElement("script"), { src: htmx }));
  }, { once: true });
}
