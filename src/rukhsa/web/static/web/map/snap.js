// Draws a point to the corner or edge of a plot or a building near it: the exact shapes, as the server has them.
const CORNER = 12; // pixels
const EDGE = 8;
const WIDEST = 0.02; // degrees of a view: further out no one draws, and the server gives no shapes

export function snapping(map, address) {
  let lines = []; // of points in degrees
  let held = null; // the box for which they were asked
  let asked;
  map.on("moveend", fetchShapes);
  fetchShapes();
  return { snapped, nearest };

  // The place to which a point is drawn, or the point itself. The point that is moved does not hold its drawing.
  function snapped(point) {
    return nearest(point)?.point ?? point;
  }

  function nearest(point) {
    const at = map.project(point);
    const found = { corner: { far: CORNER }, edge: { far: EDGE } };
    const reach = map.unproject([at.x + CORNER, at.y - CORNER]).toArray().map((edge, axis) => Math.abs(edge - point[axis]));
    const isFar = (a, b) => reach.some((far, axis) => Math.min(a[axis], b[axis]) > point[axis] + far || Math.max(a[axis], b[axis]) < point[axis] - far);
    for (const line of lines) {
      for (let n = 0; n < line.length; n += 1) {
        if (isFar(line[n - 1] ?? line[n], line[n])) continue;
        closer(found.corner, at, line[n], map.project(line[n]));
        if (n) closer(found.edge, at, ...footOn(at, line[n - 1], line[n]));
      }
    }
    return [found.corner, found.edge].find((each) => each.point);
  }

  function footOn(at, from, to) {
    const [a, b] = [map.project(from), map.project(to)];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const part = Math.max(0, Math.min(1, ((at.x - a.x) * dx + (at.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
    const along = (one, other) => one + (other - one) * part;
    return [[along(from[0], to[0]), along(from[1], to[1])], { x: along(a.x, b.x), y: along(a.y, b.y) }];
  }

  function closer(best, at, point, pixel) {
    const far = Math.hypot(pixel.x - at.x, pixel.y - at.y);
    if (far <= best.far) Object.assign(best, { far, point });
  }

  async function fetchShapes() {
    const view = map.getBounds().toArray().flat();
    const [west, south, east, north] = view;
    if (east - west > WIDEST || north - south > WIDEST) lines = [];
    if (east - west > WIDEST || north - south > WIDEST || isHeld(view)) return;
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${address}?bbox=${view.map((edge) => edge.toFixed(6)).join(",")}`, { signal: asked.signal });
      if (!answer.ok) return;
      lines = (await answer.json()).features.flatMap((feature) => ringsOf(feature.geometry));
      held = view;
    } catch (error) {
      if (error.name !== "AbortError") held = null; // without shapes a point stays where it was put
    }
  }

  function isHeld([west, south, east, north]) {
    return held && lines.length && west >= held[0] && south >= held[1] && east <= held[2] && north <= held[3];
  }
}

function ringsOf({ type, coordinates }) {
  return { Polygon: coordinates, MultiPolygon: coordinates.flat(), LineString: [coordinates], MultiLineString: coordinates }[type] ?? [];
}
