// How the map looks: the ground in our own few layers, in the colours of the theme, and what is drawn on it.
const FONT = ["IBM Plex Sans Arabic"]; // of the page: MapLibre draws with the browser's own letters
const NOTHING = { type: "FeatureCollection", features: [] };

export function styleOf(ground, centre, language) {
  const layers = ground ? layersOf(language) : graticuleLayers();
  return {
    version: 8,
    sources: { ...(ground ? { ground: tiles(ground) } : graticule(centre)), sketch: data(), "sketch-next": data() },
    layers: [
      { id: "background", type: "background", paint: { "background-color": colour(ground ? "--map-water" : "--map-ground") } },
      ...layers,
      fill("drawn-area", "sketch", colour("--map-drawn"), 0.25),
      line("drawn-halo", "sketch", colour("--map-halo"), 7),
      line("drawn-line", "sketch", colour("--map-drawn"), 4),
      { ...line("drawn-next", "sketch-next", colour("--map-drawn"), 2), paint: { "line-color": colour("--map-drawn"), "line-width": 2, "line-dasharray": [2, 2] } },
    ],
  };
}

// The letters of the page, fetched before the first label is drawn.
export function letters() {
  return Promise.all(["ع", "a"].map((letter) => document.fonts.load(`400 16px "${FONT[0]}"`, letter)));
}

function tiles(ground) {
  return {
    type: "vector", tiles: [new URL(ground.tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")],
    minzoom: ground.minzoom, maxzoom: ground.maxzoom, bounds: ground.bounds, attribution: ground.attribution,
  };
}

function layersOf(language) {
  const of = (layer, rest) => ({ ...rest, source: "ground", "source-layer": layer });
  const ink = colour("--map-label");
  const label = (id, layer, size, rest = {}) => of(layer, {
    id, type: "symbol", ...rest,
    layout: { "text-field": named(language), "text-font": FONT, "text-size": size, ...rest.layout },
    paint: { "text-color": ink, "text-halo-color": colour("--map-halo"), "text-halo-width": 1.5 },
  });
  return [
    of("land", fill("land", "", colour("--map-land"), 1)),
    of("zones", fill("zones", "", colour("--map-zone"), 0.35)),
    of("roads", { ...line("roads", "", colour("--map-road"), ["interpolate", ["exponential", 2], ["zoom"], 12, 1, 18, 24]), layout: { "line-cap": "round", "line-join": "round" } }),
    of("parcels", fill("parcels", "", colour("--map-parcel"), 1)),
    of("parcels", line("parcel-lines", "", colour("--map-line"), 1)),
    of("buildings", fill("buildings", "", colour("--map-building"), 1)),
    of("buildings", line("building-lines", "", colour("--map-line"), 1)),
    of("zones", { ...line("zone-lines", "", colour("--map-zone-line"), 1.5), paint: { "line-color": colour("--map-zone-line"), "line-width": 1.5, "line-dasharray": [4, 2] } }),
    label("labels", "labels", ["interpolate", ["linear"], ["zoom"], 10, 12, 18, 15]),
  ];
}

function named(language) {
  const other = language === "ar" ? "en" : "ar";
  return ["coalesce", ["get", `name_${language}`], ["get", `name_${other}`], ["get", "name"]];
}

// Where the operator has given no ground: lines every 0.001° (about 100 m) and 0.01°.
function graticule([longitude, latitude]) {
  const around = (middle, step, count) => Array.from({ length: 2 * count + 1 }, (_, n) => Math.round(middle / step + n - count) * step);
  const lines = (step, count) => data({ type: "MultiLineString", coordinates: [
    ...around(longitude, step, count).map((x) => [[x, latitude - count * step], [x, latitude + count * step]]),
    ...around(latitude, step, count).map((y) => [[longitude - count * step, y], [longitude + count * step, y]]),
  ] });
  return { fine: lines(0.001, 60), coarse: lines(0.01, 60) };
}

function graticuleLayers() {
  return [{ ...line("fine", "fine", colour("--map-fine-line"), 1), minzoom: 12 }, line("coarse", "coarse", colour("--map-coarse-line"), 1.5)];
}

function data(drawn = NOTHING) {
  return { type: "geojson", data: drawn };
}

function fill(id, source, color, opacity) {
  return { id, source, type: "fill", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": color, "fill-opacity": opacity } };
}

function line(id, source, color, width) {
  return { id, source, type: "line", paint: { "line-color": color, "line-width": width } };
}

// A variable of the theme as the page shows it now, light or dark.
function colour(name) {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const shown = getComputedStyle(probe).color;
  probe.remove();
  return shown;
}
