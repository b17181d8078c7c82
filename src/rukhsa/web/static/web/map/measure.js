// The length of a line in metres and the size of an area in square metres, on the ellipsoid WGS 84.
const A = 6378137;
const E2 = 0.00669437999014;
const RADIANS = Math.PI / 180;

// Metres in a radian of longitude and of latitude at a latitude. Over a kilometre this differs from the geodesic by millimetres.
function radii(latitude) {
  const bend = 1 - E2 * Math.sin(latitude * RADIANS) ** 2;
  return [(A / Math.sqrt(bend)) * Math.cos(latitude * RADIANS), (A * (1 - E2)) / bend ** 1.5];
}

export function distance([x1, y1], [x2, y2]) {
  const [east, north] = radii((y1 + y2) / 2);
  return Math.hypot((x2 - x1) * RADIANS * east, (y2 - y1) * RADIANS * north);
}

export function length(points) {
  return points.slice(1).reduce((sum, point, n) => sum + distance(points[n], point), 0);
}

export function size(points) {
  const [x0, y0] = points[0];
  const [east, north] = radii(points.reduce((sum, [, y]) => sum + y, 0) / points.length);
  const flat = points.map(([x, y]) => [(x - x0) * RADIANS * east, (y - y0) * RADIANS * north]);
  return Math.abs(flat.reduce((sum, [x, y], n) => {
    const [nextX, nextY] = flat[(n + 1) % flat.length];
    return sum + x * nextY - nextX * y;
  }, 0)) / 2;
}

// As the server rounds: to a tenth.
export function measured(points, shape) {
  return (shape === "area" ? size(points) : length(points)).toFixed(1);
}

// How far the points lie outside a box in degrees, and whether they would lie inside with their coordinates exchanged.
export function beyondBox(points, box) {
  if (!box) return null;
  const [west, south, east, north] = box;
  const within = ([x, y]) => [Math.min(Math.max(x, west), east), Math.min(Math.max(y, south), north)];
  const far = (all) => Math.max(...all.map((point) => distance(point, within(point))));
  const metres = far(points);
  return metres > 0 ? { kilometres: Math.max(1, Math.round(metres / 1000)), isExchanged: far(points.map(([x, y]) => [y, x])) === 0 } : null;
}
