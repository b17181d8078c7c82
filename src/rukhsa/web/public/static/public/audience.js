// Who asks: the public, an inspector or an agency. The choice is stored on this device and sent nowhere.

const NAME = "rukhsa-audience";

export function prepareAudience() {
  document.addEventListener("change", ({ target }) => target.name === "audience" && store(target.value));
}

// Apply the earlier choice to the verdict that was just shown.
export function chooseAudience(place) {
  const chosen = place.querySelector(`input[name=audience][value="${recalled()}"]`);
  if (chosen) chosen.checked = true;
}

function recalled() {
  try {
    const audience = localStorage.getItem(NAME);
    return ["public", "inspector", "agency"].includes(audience) ? audience : "public";
  } catch {
    return "public";
  }
}

function store(audience) {
  try {
    localStorage.setItem(NAME, audience);
  } catch (error) {
    console.info("this browser keeps nothing", error.name);
  }
}
