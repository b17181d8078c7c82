// How the map looks: the ground in our own few layers, in the colours of the theme, and what is drawn on it.
const FONT = ["IBM Plex Sans Arabic"]; // of the page: MapLibre draws with the browser's own letters
// Each is written out: a variable that no file reads by its name is left out of the style sheet.
const INKS = {
  land: "var(--map-land)", road: "var(--map-road)", "road-edge": "var(--map-road-edge)", parcel: "var(--map-parcel)",
  building: "var(--map-building)", line: "var(--map-line)", zone: "var(--map-zone)", "zone-line": "var(--map-zone-line)",
  label: "var(--map-label)", halo: "var(--map-halo)",
};
const NOTHING = { type: "FeatureCollection", features: [] };

export function styleOf(ground, centre, language, marks = []) {
  // Within outlines alone, the lines tell how far one has moved.
  const isFine = isDetailed(ground);
  const layers = [...(ground ? layersOf(language) : []), ...(isFine ? [] : graticuleLayers(ground ? 10.5 : 0))];
  return {
    version: 8,
    sources: { ...(ground && { ground: tiles(ground) }), ...(!isFine && graticule(centre)), sketch: data(), "sketch-next": data(), marks: data({ type: "MultiPoint", coordinates: marks }) },
    layers: [
      { id: "background", type: "background", paint: { "background-color": colour(background(ground)) } },
      ...layers,
      { id: "marks", source: "marks", type: "circle", paint: { "circle-radius": 6, "circle-color": colour("var(--map-label)"), "circle-stroke-width": 2, "circle-stroke-color": colour("var(--map-halo)") } },
      fill("drawn-area", "sketch", colour("var(--map-drawn)"), 0.25),
      line("drawn-halo", "sketch", colour("var(--map-halo)"), 7),
      line("drawn-line", "sketch", colour("var(--map-drawn)"), 4),
      dashed(line("drawn-next", "sketch-next", colour("var(--map-drawn)"), 2), [2, 2]),
    ],
  };
}

function isDetailed(ground) {
  return ["roads", "buildings", "parcels"].some((layer) => ground?.layers.includes(layer));
}

// The whole of a ground that has outlines alone: within them there is nothing to begin with.
export function outlineOf(ground) {
  return ground && !isDetailed(ground) ? ground.bounds : undefined;
}

function background(ground) {
  if (!ground) return "var(--map-ground)";
  return ground.layers.includes("land") ? "var(--map-water)" : INKS.land;
}

// The letters of the page, fetched before the first label is drawn.
export function letters() {
  return Promise.all(["ع", "a"].map((letter) => document.fonts.load(`400 16px "${FONT[0]}"`, letter)));
}

function tiles({ tiles: address, minzoom, maxzoom, bounds, attribution, link }) {
  return {
    type: "vector", tiles: [new URL(location.origin).href.slice(0, -1) + address], minzoom, maxzoom, bounds,
    attribution: link ? `<a href="${escaped(link)}" target="_blank" rel="noopener">${escaped(attribution)}</a>` : escaped(attribution),
  };
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

// The layers of docs/formats/ground.md, from the bottom up.
function layersOf(language) {
  const inks = Object.fromEntries(Object.entries(INKS).map(([name, ink]) => [name, colour(ink)]));
  const of = (layer, rest) => ({ ...rest, source: "ground", "source-layer": layer });
  const round = { "line-cap": "round", "line-join": "round" };
  const casing = ["interpolate", ["exponential", 2], ["zoom"], 10, 1.4, 14, ["match", ["get", "class"], "main", 6, 3.5], 18, ["match", ["get", "class"], "main", 43, "path", 10, 27]];
  const widths = ["interpolate", ["exponential", 2], ["zoom"], 10, 0.7, 14, ["match", ["get", "class"], "main", 4, 2], 18, ["match", ["get", "class"], "main", 40, "path", 8, 24]];
  return [
    of("land", fill("land", "", inks.land, 1)),
    of("land", line("land-lines", "", inks.line, 1.5)),
    of("roads", { ...line("road-edges", "", inks["road-edge"], casing), layout: round }),
    of("roads", { ...line("roads", "", inks.road, widths), layout: round }),
    of("parcels", fill("parcels", "", inks.parcel, 1)),
    of("buildings", fill("buildings", "", inks.building, 1)),
    of("zones", fill("zones", "", inks.zone, 0.3)),
    of("parcels", line("parcel-lines", "", inks.line, 1)),
    of("buildings", line("building-lines", "", inks.line, 1)),
    of("zones", dashed(line("zone-lines", "", inks["zone-line"], 1.5), [4, 2])),
    of("labels", labels(language, inks)),
  ];
}

// The larger things are named first, the small ones where one is near enough to read them.
const SEEN_FROM = { land: 0, zone: 13, block: 13, road: 15, parcel: 16, building: 16 };

function labels(language, inks) {
  const kinds = Object.keys(SEEN_FROM);
  const other = language === "ar" ? "en" : "ar";
  const from = ["match", ["get", "kind"], ...Object.entries(SEEN_FROM).flat(), 16];
  return {
    id: "labels", type: "symbol", filter: [">=", ["zoom"], from],
    layout: {
      "text-field": ["coalesce", ["get", `text_${language}`], ["get", `text_${other}`]], "text-font": FONT,
      "text-size": ["match", ["get", "kind"], ["land", "block"], 15, ["road", "zone"], 13.5, 12],
      "symbol-sort-key": ["match", ["get", "kind"], ...kinds.flatMap((kind, n) => [kind, n]), kinds.length], "text-padding": 4,
    },
    paint: {
      "text-color": ["match", ["get", "kind"], "zone", inks["zone-line"], inks.label], "text-halo-color": inks.halo, "text-halo-width": 1.5,
    },
  };
}

function dashed(layer, dashes) {
  return { ...layer, paint: { ...layer.paint, "line-dasharray": dashes } };
}

// Where nothing finer than an outline is known: lines every 0.001° (about 100 m) and 0.01°.
function graticule([longitude, latitude]) {
  const around = (middle, step, count) => Array.from({ length: 2 * count + 1 }, (_, n) => Math.round(middle / step + n - count) * step);
  const lines = (step, count) => data({ type: "MultiLineString", coordinates: [
    ...around(longitude, step, count).map((x) => [[x, latitude - count * step], [x, latitude + count * step]]),
    ...around(latitude, step, count).map((y) => [[longitude - count * step, y], [longitude + count * step, y]]),
  ] });
  return { fine: lines(0.001, 60), coarse: lines(0.01, 60) };
}

function graticuleLayers(from) {
  return [{ ...line("fine", "fine", colour("var(--map-fine-line)"), 1), minzoom: 12 }, { ...line("coarse", "coarse", colour("var(--map-coarse-line)"), 1.5), minzoom: from }];
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
function colour(variable) {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = variable;
  const shown = getComputedStyle(probe).color;
  probe.remove();
  return shown;
}
