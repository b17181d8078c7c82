// The pages of a file: one after the other by keys, enlarged, turned, and marked by notes. Without this file the
// pages stand as a list, with their notes below them.
"use strict";
const pages = [...document.querySelectorAll("[data-viewer] > li")];
const bar = document.querySelector("[data-viewer-bar]");
const SIZES = [1, 1.5, 2, 3, 4];
let size = 0, turns = 0, here = Math.max(0, pages.findIndex((each) => `#${each.id}` === location.hash));

function draw() {
  bar.querySelector("[data-view-page]").textContent = here + 1;
  for (const sheet of document.querySelectorAll("[data-sheet]")) {
    const image = sheet.querySelector("img"), isAcross = turns % 2 === 1;
    const [width, height] = [image.naturalWidth || image.width, image.naturalHeight || image.height];
    sheet.style.inlineSize = `${SIZES[size] * 100}%`;
    // Turned by a quarter, the page is as wide as it was high: it is made to fit the same width.
    const fit = isAcross && height ? width / height : 1;
    sheet.style.aspectRatio = isAcross ? `${height} / ${width}` : "";
    image.style.transform = isAcross
      ? `translate(-50%, -50%) rotate(${turns * 90}deg) scale(${fit})` : `rotate(${turns * 90}deg)`;
    sheet.classList.toggle("across", isAcross);
    for (const mark of sheet.querySelectorAll("[data-x]")) place(mark);
  }
}

function place(mark) {
  const [x, y] = [mark.dataset.x / 1000, mark.dataset.y / 1000];
  const [left, top] = [[x, y], [1 - y, x], [1 - x, 1 - y], [y, 1 - x]][turns];
  mark.style.left = `${left * 100}%`;
  mark.style.top = `${top * 100}%`;
  mark.hidden = false;
}

function go(to) {
  here = Math.min(Math.max(to, 0), pages.length - 1);
  pages[here].scrollIntoView({ block: "start" });
  draw();
}

const ACTS = {
  before: () => go(here - 1),
  after: () => go(here + 1),
  larger: () => { size = Math.min(size + 1, SIZES.length - 1); draw(); },
  smaller: () => { size = Math.max(size - 1, 0); draw(); },
  turn: () => { turns = (turns + 1) % 4; draw(); },
};

function point(event) {
  const page = event.currentTarget.closest("li"), note = page.querySelector(".viewer-note");
  if (!note || event.target.closest("a")) return;
  const box = event.currentTarget.getBoundingClientRect();
  const [left, top] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  const [x, y] = [[left, top], [top, 1 - left], [1 - left, 1 - top], [1 - top, left]][turns];
  note.open = true;
  for (const [name, value] of [["x", x], ["y", y]]) note.querySelector(`[name=${name}]`).value = Math.round(value * 1000);
  note.querySelector("textarea").focus();
}

if (pages.length) {
  bar.hidden = false;
  for (const button of bar.querySelectorAll("[data-view]")) button.addEventListener("click", ACTS[button.dataset.view]);
  for (const each of document.querySelectorAll("[data-place]")) each.hidden = false;
  for (const sheet of document.querySelectorAll("[data-sheet]")) {
    sheet.addEventListener("click", point);
    sheet.querySelector("img").addEventListener("load", draw);
  }
  const watch = new IntersectionObserver((seen) => {
    const shown = seen.find((each) => each.isIntersecting);
    if (shown) here = pages.indexOf(shown.target);
    bar.querySelector("[data-view-page]").textContent = here + 1;
  }, { rootMargin: "-30% 0px -60%" });
  pages.forEach((each) => watch.observe(each));
  draw();
}
