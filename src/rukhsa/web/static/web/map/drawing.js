// A map on which a line or an area is drawn: its points go into the text field beside it, which also works alone.
import { drawByKeys } from "./keys.js";
import { makeMap } from "./map.js";
import { beyondBox, measured } from "./measure.js";
import { addressBeside, filled as said, ownPosition } from "./place.js";
import { boxOf, read, written } from "./points.js";
import { sketch } from "./sketch.js";
import { snapping } from "./snap.js";
import { outlineOf } from "./style.js";

export async function show(place, setting) {
  const { words } = setting;
  const { shape } = place.dataset;
  const field = document.getElementById(place.dataset.map);
  const find = (name) => place.querySelector(`[data-${name}]`);
  const points = read(field.value);
  const note = find("told");
  const address = addressBeside(place, setting, say);
  const found = points.length ? null : await address.find();
  const marks = JSON.parse(place.dataset.marks ?? "[]");
  const box = points.length > 1 ? boxOf(points) : found?.box ?? (marks.length ? boxOf(marks) : outlineOf(setting.ground));
  const { map, maplibre } = await makeMap(place, setting, { centre: points[0] ?? setting.centre, zoom: 16, box: points.length === 1 ? undefined : box, marks });
  place.querySelector(".map-tools").hidden = false;

  const { snapped } = snapping(map, setting.shapes);
  const drawn = sketch(map, maplibre, {
    shape, snapped, named: (number) => said(words.corner, { number }),
    changed(what) {
      tellSize();
      if (what === "moving") return;
      write();
      tell(what);
      // The works begin where the first point is.
      if (what === "added" && drawn.points.length === 1) address.touched(drawn.points[0]);
    },
  });
  drawn.take(points);
  if (points.length) tellSize();

  const here = () => map.getCenter().toArray();
  drawByKeys(map, { add: () => drawn.add(here()), remove: drawn.removeLast, end: drawn.end });
  map.on("click", ({ lngLat, originalEvent }) => {
    if (originalEvent.target.closest(".map-corner, .map-middle")) return;
    if (drawn.isEnded) tell("full");
    else drawn.add(lngLat.toArray());
  });
  map.on("mousemove", ({ lngLat }) => drawn.preview(snapped(lngLat.toArray())));
  map.on("mouseout", () => drawn.preview(null));
  map.on("styledata", () => map.getSource("sketch") && drawn.redraw());
  find("add").addEventListener("click", () => drawn.add(here()));
  find("own").addEventListener("click", goToOwnPosition);
  address.follow(({ box: there, maxZoom }) => {
    say("");
    if (!drawn.points.length) map.fitBounds(there, { padding: 48, maxZoom, animate: false });
  });
  find("undo").addEventListener("click", drawn.undo);
  find("again").addEventListener("click", drawn.clear);
  // Written by hand, or by another page: the map follows.
  field.addEventListener("change", () => {
    const typed = read(field.value);
    if (written(typed) === written(drawn.points)) return;
    drawn.take(typed);
    tellSize();
    if (typed.length > 1) map.fitBounds(boxOf(typed), { padding: 48, maxZoom: 18, animate: false });
  });

  async function goToOwnPosition() {
    try {
      map.jumpTo({ center: await ownPosition(words), zoom: 18 });
      say(words.ownPosition);
    } catch ({ message }) { say(message); }
  }

  function say(text) {
    note.hidden = !text;
    note.textContent = text;
  }

  function write() {
    const text = drawn.isWhole ? written(drawn.points) : "";
    if (text === field.value) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The size grows as one draws; the amounts beside it are the server's, and fade until it has measured too.
  function tellSize() {
    const figures = document.getElementById(`${field.id}-figures`);
    const told = figures.querySelector("[data-measure]");
    const size = drawn.isWhole ? said(words[shape], { size: measured(drawn.points, shape) }) : "";
    if (told.textContent.trim() !== size) {
      told.textContent = size;
      figures.toggleAttribute("data-stale", true);
    }
    figures.hidden = !size;
    const beyond = drawn.points.length ? beyondBox(drawn.points, setting.territory) : null;
    find("refused").hidden = !beyond;
    find("refused").textContent = beyond ? said(beyond.isExchanged ? words.exchanged : words.outside, { distance: beyond.kilometres }) : "";
    find("undo").disabled = !drawn.canUndo;
    find("again").disabled = drawn.points.length === 0;
  }

  function tell(what) {
    find("said").textContent = said(words[what], { number: drawn.points.length });
  }
}
