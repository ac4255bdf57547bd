// The share page: the device's own share sheet, copying, and telling the server what was shared.
// Without this file the ways that are links still work, and a button tells.
"use strict";

const form = document.querySelector("[data-tell]");
const said = document.querySelector("[data-said]");

function tell(channel) {
  const body = new FormData(form);
  body.set("channel", channel);
  body.set("quiet", "1");
  fetch(window.location.pathname, { method: "POST", body, keepalive: true });
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.text);
  button.querySelector("span").textContent = said.textContent = button.dataset.done;
}

const acts = {
  sheet: navigator.share && ((button) => navigator.share({ text: button.dataset.text, url: button.dataset.link })),
  copy: navigator.clipboard && copy,
};

for (const link of document.querySelectorAll("a[data-channel]")) {
  link.addEventListener("click", () => tell(link.dataset.channel));
}
for (const button of document.querySelectorAll("button[data-channel]")) {
  const act = acts[button.dataset.channel];
  if (act) {
    button.closest("li").hidden = false;
    button.addEventListener("click", () => act(button).then(() => tell(button.dataset.channel), () => {}));
  }
}
