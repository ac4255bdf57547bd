// Shows what this browser is woken for, and opens it. It keeps no page, and answers no request.
"use strict";

self.addEventListener("push", (event) => {
  const said = event.data.json();
  const page = new URL(said.page, self.location.origin).href;
  event.waitUntil(self.registration.showNotification(said.title, { body: said.text, tag: said.id, data: page }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

// In a window of ours that is there already, or else in a new one.
async function open(address) {
  const [ours] = await self.clients.matchAll({ type: "window" });
  return ours ? (await ours.focus()).navigate(address) : self.clients.openWindow(address);
}
