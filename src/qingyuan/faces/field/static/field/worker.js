// The service worker keeps the shell of the app for days without a network.  The server writes VERSION and SHELL above these lines.
// Only the shell is cached: nothing personal, no answer of the interface.  A new version waits until the officer agrees to it,
// so that nothing changes in the middle of a visit.
const NAME = `field-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(["/field/", "/field/manifest.webmanifest", ...SHELL].map((url) => new Request(url, { cache: "reload" })))));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("field-") && name !== NAME).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const isShell = url.pathname === "/field/" || url.pathname === "/field/manifest.webmanifest" || SHELL.includes(url.pathname);
  if (!isShell) return;
  event.respondWith(caches.open(NAME).then((cache) => cache.match(url.pathname)).then((held) => held || fetch(event.request)));
});
