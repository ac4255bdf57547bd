// The page of settings, and the portal: this browser is woken, or not. Without this file, or without web push, there is no button.
"use strict";

const box = document.querySelector("[data-push]");
const buttons = { on: box.querySelector("[data-on]"), off: box.querySelector("[data-off]") };
const said = box.querySelector("[data-said]");

function show(subscription) {
  buttons.on.hidden = Boolean(subscription);
  buttons.off.hidden = !subscription;
}

async function tell(address, fields) {
  const body = new FormData(box);
  Object.entries(fields).forEach(([name, value]) => body.set(name, value));
  const answer = await fetch(address, { method: "POST", body });
  if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
}

async function begin(registration) {
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: box.dataset.push,
  });
  const { endpoint, keys } = subscription.toJSON();
  await tell(buttons.on.dataset.on, { endpoint, ...keys });
  return subscription;
}

async function end(registration) {
  const subscription = await registration.pushManager.getSubscription();
  await tell(buttons.off.dataset.off, { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
  return null;
}

async function start() {
  const registration = await navigator.serviceWorker.register(box.dataset.worker);
  show(await registration.pushManager.getSubscription());
  box.hidden = false;
  const acts = { on: begin, off: end };
  for (const [name, button] of Object.entries(buttons)) {
    button.addEventListener("click", async () => {
      try {
        show(await acts[name](registration));
        said.textContent = button.dataset.done;
      } catch {
        said.textContent = said.dataset.failed;
      }
    });
  }
}

if ("serviceWorker" in navigator && "PushManager" in window) start();
