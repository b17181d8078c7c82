// The address and the map agree: a place that is touched fills in the address, and an address that is typed moves the map.
const PARTS = ["block", "road", "building"];
const FITS = { block: /^\d{1,6}$/, road: /^\d{1,5}$/, building: /^\d{1,5}[A-Z]?$/ };
const CLOSE = { authority: 13, block: 16, road: 17, building: 18 };

export function addressBeside(place, setting, say) {
  const { words } = setting;
  const form = place.closest("form");
  const input = (part) => document.getElementById(`${place.dataset.address}-${part}`);
  let isShown = false; // an address of which more than its authority is known
  return { find, touched, follow };

  // Where the typed address lies, or the one that was answered on a page before; null where that is not known.
  async function find() {
    const typed = new URLSearchParams(PARTS.map((part) => [part, input(part)?.value.trim() ?? ""]));
    const asked = typed.get("block") ? typed : new URLSearchParams(place.dataset.answered ?? "");
    if (!asked.get("block")) return null;
    const found = await get(`${setting.find}?${asked}`);
    isShown ||= Boolean(found?.box) && found.known_to !== "authority";
    return found?.box ? { ...found, maxZoom: CLOSE[found.known_to] } : null;
  }

  // Moves the map when the address is changed; `move` is told where to. An answer that comes late, after the address
  // was changed again, moves nothing.
  function follow(move) {
    let changes = 0;
    for (const part of PARTS) {
      input(part)?.addEventListener("change", async () => {
        const change = ++changes;
        const found = await find();
        if (change !== changes) return;
        // From an address that is shown, the map does not go back to the whole of an authority.
        if (found && !(found.known_to === "authority" && isShown)) move(found);
        if (input("block").value.trim() && (!found || found.known_to === "authority")) say(words.notFound);
        place.dataset.shows = PARTS.map((each) => input(each)?.value.trim()).join("/");
      });
    }
  }

  // Fills in what is empty, or all of it `again`; says what was filled in, and tells of a block that differs.
  async function touched([longitude, latitude], { again = false } = {}) {
    const here = await get(`${setting.at}?lat=${latitude.toFixed(7)}&lon=${longitude.toFixed(7)}`);
    if (!here) return;
    const known = PARTS.filter((part) => FITS[part].test(here[part] ?? "") && input(part));
    const block = input("block");
    if (!again && block?.value.trim() && here.block && block.value.trim() !== String(here.block)) {
      say(filled(words.differs, { here: here.block, typed: block.value.trim() }));
      return;
    }
    const told = known.filter((part) => again || !input(part).value.trim()).map((part) => fill(input(part), here[part], words[part]));
    const parcel = form?.querySelector("[data-parcel]");
    if (here.parcel && parcel && !parcel.value.trim()) told.push(fill(parcel, here.parcel, words.parcel));
    if (told.length) say(`${words.filledIn} ${told.join(words.comma)}`);
  }

  function fill(field, value, name) {
    field.value = value;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    return `${name} ${value}`;
  }
}

// The position of the device, asked for on a press alone.
export function ownPosition(words) {
  return new Promise((found, refused) => {
    if (!navigator.geolocation) refused(new Error(words.noPosition));
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => found([coords.longitude, coords.latitude]),
      ({ code }) => refused(new Error(code === 1 ? words.positionRefused : words.noPosition)),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}

export function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

async function get(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // without an answer the fields stay as they are
  }
}
