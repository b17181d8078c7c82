// The points of a drawing as a person would write them: one a line, "latitude, longitude".
const DECIMALS = 7; // about a centimetre

export function read(text) {
  const lines = text.trim().split("\n").map((line) => latin(line).split(/[,،;\s]+/).map(Number));
  return lines
    .filter((line) => line.length === 2 && line.every(Number.isFinite))
    .map(([latitude, longitude]) => [longitude, latitude]);
}

export function written(points) {
  return points.map(([longitude, latitude]) => `${latitude.toFixed(DECIMALS)}, ${longitude.toFixed(DECIMALS)}`).join("\n");
}

export function boxOf(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function latin(text) {
  return text.trim().replace(/[٠-٩]/g, (digit) => "٠١٢٣٤٥٦٧٨٩".indexOf(digit)).replace(/[۰-۹]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹".indexOf(digit));
}
