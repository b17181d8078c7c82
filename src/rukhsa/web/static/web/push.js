/* Notices on this device: the browser asks its person, and the server keeps where its push service takes messages. */
"use strict";
const part = document.getElementById("push");
const [state, turnOn, turnOff] = ["state", "on", "off"].map((name) => part.querySelector(`[data-push-${name}]`));
const words = part.dataset;

const isPossible = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const registered = isPossible ? navigator.serviceWorker.register(words.worker) : null;

function show(sentence, isOn) {
  state.textContent = sentence;
  turnOn.hidden = isOn !== false;
  turnOff.hidden = !isOn;
}

/* iOS and iPadOS know `standalone`, and offer notices to what was opened from the home screen alone. */
const isInBrowser = navigator.standalone === false;

async function look() {
  if (!isPossible) return show(isInBrowser ? words.homeScreen : words.impossible, null);
  if (Notification.permission === "denied") return show(words.denied, null);
  const isOn = Boolean(await (await registered).pushManager.getSubscription());
  show(isOn ? words.isOn : words.isOff, isOn);
}

function send(address, fields) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  return fetch(address, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: token, ...fields }) });
}

/* A press: on the way the buttons rest, and a failure is said. */
function pressed(button, act) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await act();
      await look();
    } catch {
      await look();
      state.textContent = words.failed;
    } finally {
      button.disabled = false;
      (button.hidden ? [turnOn, turnOff].find((each) => !each.hidden) : button)?.focus();
    }
  });
}

pressed(turnOn, async () => {
  if ((await Notification.requestPermission()) !== "granted") return;
  const { pushManager } = await registered;
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: words.key });
  const { endpoint, keys } = subscription.toJSON();
  const answer = await send(words.subscribe, { endpoint, ...keys });
  if (answer.ok) return;
  await subscription.unsubscribe(); // a device that the server does not know would only seem to be told
  throw new Error(String(answer.status));
});

pressed(turnOff, async () => {
  const subscription = await (await registered).pushManager.getSubscription();
  const answer = await send(words.unsubscribe, { endpoint: subscription.endpoint });
  if (!answer.ok) throw new Error(String(answer.status));
  await subscription.unsubscribe();
});

look().catch(() => show(words.impossible, null));
