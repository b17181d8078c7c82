// Drawing by keys: a cross in the middle of the map, arrows move the ground under it, Space adds the point below it.
const STEP = 24; // pixels
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function drawByKeys(map, { add, remove, end }) {
  map.keyboard.disable(); // its step of 100 pixels is too coarse to draw by
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = actOf(event);
    if (!act) return;
    event.preventDefault();
    act();
  });

  function actOf({ key, shiftKey }) {
    const by = ARROWS[key];
    if (by) return () => map.panBy(by.map((part) => part * (shiftKey ? 1 : STEP)), { animate: false });
    return {
      " ": add, Backspace: remove, Delete: remove, Enter: end,
      "+": () => map.zoomIn({ animate: false }), "=": () => map.zoomIn({ animate: false }), "-": () => map.zoomOut({ animate: false }),
    }[key];
  }
}
