// Opens a map where its picture stands: on a press, or when it is seen over a fast connection. Until then nothing of it is fetched.
const setting = JSON.parse(document.getElementById("map-setting").textContent);
const seen = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => open(entry.target)),
);

offerMaps();
// An answer may bring a question with a map.
document.addEventListener("htmx:after:swap", offerMaps);

function offerMaps() {
  for (const place of document.querySelectorAll("[data-map]:not([data-state])")) {
    place.dataset.state = "offered";
    place.hidden = false;
    place.querySelector("[data-open]").hidden = false;
    place.querySelector("[data-open]").addEventListener("click", () => open(place, { asked: true }));
    // The picture is of what was drawn when the page was made.
    if (place.dataset.map) document.getElementById(place.dataset.map).addEventListener("input", () => place.querySelector(".map-picture")?.remove());
    if (place.dataset.opens === "seen" && isFast()) seen.observe(place);
  }
}

async function open(place, { asked = false } = {}) {
  if (place.dataset.state !== "offered") return;
  seen.unobserve(place);
  const said = place.querySelector("[data-said]");
  place.dataset.state = "opening";
  place.setAttribute("aria-busy", "true");
  said.textContent = setting.words.opening;
  try {
    const [page] = await Promise.all([import(setting.pages[place.dataset.page]), sheet(setting.sheet)]);
    await page.show(place, setting);
    place.dataset.state = "open";
    said.textContent = setting.words.opened;
    if (asked) place.querySelector("canvas").focus({ preventScroll: true });
  } catch (error) {
    console.warn(error);
    place.dataset.state = "offered"; // the button stands, and may be pressed again
    said.textContent = setting.words.notOpened;
  }
  place.setAttribute("aria-busy", "false");
}

function isFast() {
  const line = navigator.connection;
  return !line || (!line.saveData && line.effectiveType === "4g");
}

function sheet(href) {
  if (document.querySelector(`link[href="${href}"]`)) return undefined;
  return new Promise((loaded, failed) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: loaded, onerror: failed });
    // First, so that our own rules stand after those of the map.
    document.head.prepend(link);
  });
}
