/** Times are shown as the campus's clocks do. The API does not say where it is. */
export const CAMPUS_TIME_ZONE = "Asia/Singapore";
