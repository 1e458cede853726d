/** The form: both kinds side by side, so that looking at the other one loses nothing. */
export interface Draft {
  mode: "errand" | "menu";
  store: string;
  location: string;
  items: { name: string; quantity: number; price: string }[];
  vendor_id: string;
  picks: { item_id: string; quantity: number }[];
  building: string;
  room: string;
  note: string;
  fee: string;
}

export const EMPTY: Draft = {
  mode: "errand",
  store: "",
  location: "",
  items: [{ name: "", quantity: 1, price: "" }],
  vendor_id: "",
  picks: [],
  building: "",
  room: "",
  note: "",
  fee: "2",
};
