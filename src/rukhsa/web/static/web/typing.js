// What is typed while a response is on its way is not overwritten: that response is about the text before, and
// the next one is on its way.
"use strict";
const live = document.getElementById("live");
let typed = 0;
for (const kind of ["input", "change"]) live?.addEventListener(kind, () => { typed += 1; });
live?.addEventListener("htmx:config:request", (event) => { event.detail.ctx.typed = typed; });
live?.addEventListener("htmx:before:swap", (event) => { if (event.detail.ctx.typed !== typed) event.preventDefault(); });
