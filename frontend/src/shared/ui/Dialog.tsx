import { lazy, type ReactNode, Suspense, useEffect } from "react";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Said with the title, when it opens. */
  text?: ReactNode;
  children: ReactNode;
}

const load = () => import("./Modal");
const Modal = lazy(load);

/** A question in the middle of the screen. Focus stays inside, Escape closes. */
export function Dialog(props: DialogProps) {
  return <Later {...props} place="inset-x-4 top-1/2 mx-auto max-w-md -translate-y-1/2 rounded-card" />;
}

/** The same, risen from the bottom on a phone and beside the page on a desk. */
export function Sheet(props: DialogProps) {
  return (
    <Later
      {...props}
      place="inset-x-0 bottom-0 rounded-t-sheet md:inset-y-0 md:right-0 md:left-auto md:w-96 md:rounded-none pb-[calc(1.25rem+env(safe-area-inset-bottom))]"
    />
  );
}

/** Nobody sees a dialog before they tap: its library comes after the page, and is there by then. */
function Later(props: DialogProps & { place: string }) {
  useEffect(() => {
    const timer = setTimeout(() => load().catch(() => undefined), 1_000);
    return () => clearTimeout(timer);
  }, []);
  if (!props.open) return null;
  return (
    <Suspense fallback={null}>
      <Modal {...props} />
    </Suspense>
  );
}
