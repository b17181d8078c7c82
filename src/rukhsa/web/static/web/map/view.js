// A map on which what was drawn is looked at; nothing on it can be changed.
import { makeMap } from "./map.js";
import { boxOf } from "./points.js";

export async function show(place, setting) {
  const geometry = JSON.parse(place.dataset.geometry);
  const box = boxOf(geometry.type === "Polygon" ? geometry.coordinates[0] : geometry.coordinates);
  const centre = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const { map } = await makeMap(place, setting, { centre, zoom: 16, box });
  const drawn = () => map.getSource("sketch")?.setData(geometry);
  drawn();
  map.on("styledata", drawn);
}
