// Serves the app's own files where there is no network. Data is not its business: what was read is kept by the app itself.
// The two names in capitals are filled in by the build.
const CACHE = "campusg-__BUILD__";
const FILES = __FILES__;
const PAGE = "/";
/** A network that is there in name only. */
const PATIENCE_MS = 4_000;

self.addEventListener("install", (event) => {
  // The page together with exactly the files that it belongs to; not what the browser happens to have kept.
  const page = new Request(PAGE, { cache: "reload" });
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([page, ...FILES])));
});

// A new one waits until every page of the old one is closed: nobody's page loses its files.
self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("campusg-") && name !== CACHE;
  const forget = async () => {
    for (const name of (await caches.keys()).filter(old)) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (/^\/(api|webhooks|\.well-known|healthz|readyz)(\/|$)/.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(pathname)) event.respondWith(file(request, pathname));
});

/** The newest page while there is a network, the kept one otherwise. */
async function page(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return (await kept(PAGE)) ?? Response.error();
  }
}

/** Named by its content, so the kept one is the right one. */
async function file(request, pathname) {
  return (await kept(pathname)) ?? fetch(request);
}

async function kept(path) {
  const cache = await caches.open(CACHE);
  return cache.match(path, { ignoreVary: true });
}
