import { createRouter } from "@tanstack/react-router";
import { BrokenPage, MissingPage } from "@/pages/problem/ProblemPages";
import { routeTree } from "./routeTree.gen";

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultNotFoundComponent: MissingPage,
  defaultErrorComponent: BrokenPage,
});

// From the second page on, a page's heading takes the focus when it opens: see PageTitle.
router.subscribe("onBeforeNavigate", ({ fromLocation, pathChanged }) => {
  if (fromLocation && pathChanged) document.documentElement.dataset.moved = "yes";
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface StaticDataRouteOption {
    /**
     * What the page asks the platform for first, exactly: begun while the program is on its way, see scripts/ahead.ts.
     * `$id` is the path's parameter, `{order}` one of the search; without that one, the read is left out.
     */
    reads?: string[];
  }
}
