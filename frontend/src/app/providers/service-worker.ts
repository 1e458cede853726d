/** From here on the app can be installed, and opens without a network. For whoever is signed in: others have nothing to read there. */
export function keepTheApp(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // After the page has what it needs: its files are fetched for later.
  const soon = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 2_000));
  soon(() => {
    if (!document.querySelector("link[rel=manifest]")) {
      const manifest = document.createElement("link");
      manifest.rel = "manifest";
      manifest.href = "/app.webmanifest";
      document.head.append(manifest);
    }
    void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  });
}
