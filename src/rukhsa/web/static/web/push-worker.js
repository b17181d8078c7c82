/* Shows a notice on the device, and opens its application when it is pressed. It answers no request of a page. */
"use strict";
self.addEventListener("push", (event) => {
  const { title, body, url, tag, lang } = event.data.json();
  const shown = { body, tag, lang, dir: lang === "ar" ? "rtl" : "ltr", data: { url } };
  event.waitUntil(self.registration.showNotification(title, shown));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
