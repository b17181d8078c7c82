// Draws lines and areas on a map and writes their points into the text field beside it, which also works alone.
import * as maplibre from "../vendor/maplibre/maplibre-gl.mjs";

const { TerraDraw, TerraDrawLineStringMode, TerraDrawPolygonMode, TerraDrawSelectMode } = window.terraDraw;
const { TerraDrawMapLibreGLAdapter } = window.terraDrawMaplibreGlAdapter;
const INK = colour("--authority");
const DECIMALS = 6; // about a tenth of a metre

for (const place of document.querySelectorAll("[data-map]")) offerMap(place);

function offerMap(place) {
  const field = document.getElementById(place.dataset.map);
  place.hidden = false;
  place.setAttribute("aria-busy", "true");
  const points = pointsIn(field.value);
  const centre = points[0] ?? pointsIn(field.placeholder)[0];
  const map = new maplibre.Map({
    container: place.querySelector(".map"), style: graticule(centre), center: centre, zoom: points.length ? 16 : 14,
    attributionControl: false, dragRotate: false, pitchWithRotate: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl());
  map.once("load", () => startDrawing(map, place, field, points));
}

function startDrawing(map, place, field, points) {
  const mode = place.dataset.shape === "area" ? "polygon" : "linestring";
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, lib: maplibre, coordinatePrecision: DECIMALS + 3 }),
    modes: [
      new TerraDrawLineStringMode({ styles: { lineStringColor: INK, lineStringWidth: 4, closingPointColor: INK } }),
      new TerraDrawPolygonMode({ styles: { fillColor: INK, outlineColor: INK, outlineWidth: 3 } }),
      selecting(),
    ],
  });
  draw.start();
  const show = (shape) => (shape.length > 1 ? add(draw, mode, shape) : draw.setMode(mode));
  show(points);
  if (points.length > 1) map.fitBounds(boundsOf(points), { padding: 48, maxZoom: 17, animate: false });
  draw.on("finish", () => {
    write(field, draw);
    draw.setMode("select");
  });
  place.querySelector("[data-again]").addEventListener("click", () => {
    draw.clear();
    draw.setMode(mode);
    write(field, draw);
  });
  field.addEventListener("change", () => {
    draw.clear();
    show(pointsIn(field.value));
  });
  place.setAttribute("aria-busy", "false");
}

function selecting() {
  const edit = { draggable: true, coordinates: { draggable: true, midpoints: true, deletable: true } };
  return new TerraDrawSelectMode({ flags: { linestring: { feature: edit }, polygon: { feature: edit } } });
}

function add(draw, mode, points) {
  const closed = [...points, points[0]];
  const geometry = mode === "polygon" ? { type: "Polygon", coordinates: [closed] } : { type: "LineString", coordinates: points };
  draw.addFeatures([{ type: "Feature", geometry, properties: { mode } }]);
  draw.setMode("select");
}

// One point a line, "latitude, longitude", as a person would write it.
function write(field, draw) {
  const shape = draw.getSnapshot().find((one) => ["LineString", "Polygon"].includes(one.geometry.type));
  const points = !shape ? [] : shape.geometry.type === "Polygon" ? shape.geometry.coordinates[0].slice(0, -1) : shape.geometry.coordinates;
  field.value = points.map(([lon, lat]) => `${lat.toFixed(DECIMALS)}, ${lon.toFixed(DECIMALS)}`).join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function pointsIn(text) {
  const lines = text.trim().split("\n").map((line) => line.split(",").map(Number));
  return lines.filter(([lat, lon]) => Number.isFinite(lat) && Number.isFinite(lon)).map(([lat, lon]) => [lon, lat]);
}

function boundsOf(points) {
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}

// A blank ground with lines every 0.001° (about 100 m) and 0.01°: no tiles are loaded.
function graticule([lon, lat]) {
  const around = (middle, step, count) => Array.from({ length: 2 * count + 1 }, (_, n) => Math.round(middle / step + n - count) * step);
  const lines = (step, count) => ({
    type: "geojson",
    data: { type: "MultiLineString", coordinates: [
      ...around(lon, step, count).map((x) => [[x, lat - count * step], [x, lat + count * step]]),
      ...around(lat, step, count).map((y) => [[lon - count * step, y], [lon + count * step, y]]),
    ] },
  });
  const layer = (id, color, width, minzoom) => ({ id, source: id, type: "line", minzoom, paint: { "line-color": color, "line-width": width } });
  return {
    version: 8,
    sources: { fine: lines(0.001, 60), coarse: lines(0.01, 60) },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colour("--map-ground") } },
      layer("fine", colour("--map-fine-line"), 1, 12),
      layer("coarse", colour("--map-coarse-line"), 1.5, 0),
    ],
  };
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
