// A map on which an address is found by touching it.
import { makeMap } from "./map.js";
import { drawByKeys } from "./keys.js";
import { addressBeside, ownPosition } from "./place.js";

export async function show(place, setting) {
  const { words } = setting;
  const told = place.querySelector("[data-told]");
  const say = (text) => { told.hidden = !text; told.textContent = text; };
  const address = addressBeside(place, setting, say);
  const found = await address.find();
  const { map, maplibre } = await makeMap(place, setting, { centre: setting.centre, zoom: 12, box: found?.box });
  const pin = new maplibre.Marker({ element: pinOf(words) });
  if (found?.known_to === "building") pin.setLngLat([found.longitude, found.latitude]).addTo(map);
  place.querySelector(".map-tools").hidden = false;
  const here = () => touch(map.getCenter().toArray());
  drawByKeys(map, { add: here, remove: () => pin.remove(), end: here });
  map.on("click", ({ lngLat }) => touch(lngLat.toArray()));
  place.querySelector("[data-add]").addEventListener("click", here);
  place.querySelector("[data-own]").addEventListener("click", async () => {
    try {
      const own = await ownPosition(words);
      map.jumpTo({ center: own, zoom: 18 });
      await touch(own);
    } catch ({ message }) { say(message); }
  });
  address.follow(({ box, maxZoom, known_to: known, longitude, latitude }) => {
    map.fitBounds(box, { padding: 48, maxZoom, animate: false });
    if (known === "building") pin.setLngLat([longitude, latitude]).addTo(map);
    say("");
  });

  async function touch(point) {
    pin.setLngLat(point).addTo(map);
    say("");
    await address.touched(point, { again: true });
    if (!told.textContent) say(words.nothingHere);
  }
}

function pinOf(words) {
  const element = document.createElement("span");
  element.className = "map-pin";
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", words.place);
  return element;
}
