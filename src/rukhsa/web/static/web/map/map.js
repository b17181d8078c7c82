// A map with its controls, in the language of the page: one finger scrolls the page, two move the map.
import { letters, styleOf } from "./style.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

export async function makeMap(place, setting, { centre, zoom, box, marks }) {
  const [maplibre] = await Promise.all([import(setting.maplibre), letters()]);
  const language = document.documentElement.lang;
  const map = new maplibre.Map({
    container: place.querySelector(".map"), style: styleOf(setting.ground, centre, language, marks), center: centre, zoom,
    bounds: box, fitBoundsOptions: { padding: 48, maxZoom: 18 }, minZoom: 7, maxZoom: 20,
    attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
    cooperativeGestures: true, clickTolerance: 6, fadeDuration: 0, locale: setting.words.map,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-left");
  map.addControl(new maplibre.ScaleControl({ maxWidth: 120 }), "bottom-left");
  if (setting.ground?.attribution) map.addControl(new maplibre.AttributionControl({ compact: false }), "bottom-right");
  // A screen reader leaves the arrows and Space to it.
  const canvas = map.getCanvas();
  if (place.dataset.page !== "view") {
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-describedby", `${place.id}-keys`);
  }
  await new Promise((shown, failed) => {
    map.once("load", shown);
    map.once("error", ({ error }) => failed(error));
  });
  dark.addEventListener("change", () => map.setStyle(styleOf(setting.ground, centre, language, marks)));
  return { map, maplibre };
}
