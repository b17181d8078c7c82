// What is typed while an answer is on its way stays as it is typed: that answer is about what stood there before, and
// the next one is on its way.
"use strict";
const live = document.getElementById("live");
let typed = 0;
for (const kind of ["input", "change"]) live?.addEventListener(kind, () => { typed += 1; });
live?.addEventListener("htmx:config:request", (event) => { event.detail.ctx.typed = typed; });
live?.addEventListener("htmx:before:swap", (event) => { if (event.detail.ctx.typed !== typed) event.preventDefault(); });
