import { createRootRoute, Outlet } from "@tanstack/react-router";
import { LiveRegion } from "@/shared/ui/LiveRegion";

export const Route = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <LiveRegion />
    </>
  ),
});
