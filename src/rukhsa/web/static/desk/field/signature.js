// A signature that is drawn with a finger, a pen or a mouse; it is a picture of black ink on white.
export function sign(canvas, kept) {
  const ink = canvas.getContext("2d");
  let drawing = false;
  clear();
  const spot = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [((clientX - box.left) / box.width) * canvas.width, ((clientY - box.top) / box.height) * canvas.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    ink.beginPath();
    ink.moveTo(...spot(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    ink.lineTo(...spot(event));
    ink.stroke();
  });
  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, () => {
      if (drawing) canvas.toBlob(kept, "image/png");
      drawing = false;
    });
  function clear() {
    Object.assign(ink, { fillStyle: "white", strokeStyle: "black", lineWidth: 4, lineCap: "round", lineJoin: "round" });
    ink.fillRect(0, 0, canvas.width, canvas.height);
  }
  async function show(blob) {
    const picture = await createImageBitmap(blob);
    ink.drawImage(picture, 0, 0);
  }
  return { clear, show };
}
