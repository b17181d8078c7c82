// What is being drawn: one list of points, however they came (pressed, dragged, by keys or typed), with each step to undo.
const MOST_HANDLES = 60; // between corners: with more of them the line could not be seen

export function sketch(map, maplibre, { shape, snapped, changed, named }) {
  const least = shape === "area" ? 3 : 2;
  const steps = [];
  let points = [];
  let isEnded = false;
  let handles = [];
  const self = {
    get points() { return points; },
    get isEnded() { return isEnded; },
    get canUndo() { return steps.length > 0; },
    get isWhole() { return points.length >= least; },
    add(point) {
      isEnded = false;
      become([...points, snapped(point)], "added");
    },
    removeLast() { if (points.length) become(points.slice(0, -1), "removed"); },
    clear() { if (points.length) become([], "cleared"); },
    undo() { if (steps.length) become(steps.pop(), "undone", { isStep: false }); },
    end() {
      if (!self.isWhole) return;
      isEnded = true;
      render();
      changed("ended");
    },
    redraw: draw,
    // Points that were typed: they are shown, and not written back.
    take(typed) {
      points = typed;
      isEnded = typed.length >= least;
      render();
    },
    // The line that a press would add, while the pointer moves.
    preview(point) {
      const source = map.getSource("sketch-next");
      const last = points.at(-1);
      source.setData(point && last && !isEnded ? lineOf(shape === "area" && points.length > 1 ? [last, point, points[0]] : [last, point]) : NONE);
    },
  };
  return self;

  function become(next, what, { isStep = true } = {}) {
    if (isStep) steps.push(points);
    points = next;
    if (!self.isWhole) isEnded = false;
    render();
    changed(what);
  }

  function move(at, point) {
    points = points.with(at, point);
    draw();
    changed("moving");
  }

  function render() {
    draw();
    for (const handle of handles) handle.remove();
    handles = points.map((point, at) => corner(point, at));
    if (points.length > 1 && points.length <= MOST_HANDLES) handles.push(...middles());
  }

  function draw() {
    map.getSource("sketch").setData(points.length < 2 ? NONE : shape === "area" && points.length > 2 ? areaOf(points) : lineOf(points));
    map.getSource("sketch-next").setData(NONE);
  }

  function corner(point, at) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "map-corner";
    const marker = handle(element, point);
    element.setAttribute("aria-label", named(at + 1)); // a marker names itself only where it has no name
    let before;
    marker.on("dragstart", () => { before = points; });
    marker.on("drag", () => move(at, lngLat(marker)));
    marker.on("dragend", () => dropped(before, at, lngLat(marker)));
    element.addEventListener("click", (event) => {
      event.stopPropagation();
      if (at === points.length - 1 || (shape === "area" && at === 0)) self.end();
    });
    element.addEventListener("keydown", (event) => pressed(event, at));
    return marker;
  }

  function* middles() {
    const pairs = shape === "area" && points.length > 2 ? points.length : points.length - 1;
    for (let at = 0; at < pairs; at += 1) {
      const [a, b] = [points[at], points[(at + 1) % points.length]];
      if (pixels(a, b) < 72) continue; // a finger would not know one from the other
      const element = document.createElement("span");
      element.className = "map-middle";
      const marker = handle(element, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
      let before;
      marker.on("dragstart", () => {
        before = points;
        points = points.toSpliced(at + 1, 0, lngLat(marker));
      });
      marker.on("drag", () => move(at + 1, lngLat(marker)));
      marker.on("dragend", () => dropped(before, at + 1, lngLat(marker)));
      yield marker;
    }
  }

  function dropped(before, at, point) {
    const next = points.with(at, snapped(point));
    points = before;
    become(next, "moved");
  }

  // A corner that has the focus is moved by the arrows, a pixel with Shift, and taken away by Delete.
  function pressed(event, at) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by && event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault();
    event.stopPropagation();
    if (!by) become(points.toSpliced(at, 1), "removed");
    else {
      const far = event.shiftKey ? 1 : 8;
      const { x, y } = map.project(points[at]);
      const { lng, lat } = map.unproject([x + by[0] * far, y + by[1] * far]);
      become(points.with(at, [lng, lat]), "moved");
    }
    handles[Math.min(at, points.length - 1)]?.getElement().focus();
  }

  function handle(element, point) {
    return new maplibre.Marker({ element, draggable: true }).setLngLat(point).addTo(map);
  }

  function pixels(a, b) {
    const [one, other] = [map.project(a), map.project(b)];
    return Math.hypot(one.x - other.x, one.y - other.y);
  }
}

const NONE = { type: "FeatureCollection", features: [] };

function lineOf(points) {
  return { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: points } };
}

function areaOf(points) {
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...points, points[0]]] } };
}

function lngLat(marker) {
  const { lng, lat } = marker.getLngLat();
  return [lng, lat];
}
