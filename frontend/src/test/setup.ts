import "@testing-library/jest-dom/vitest";
import "fake-indexeddb/auto";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// A machine that builds beside it is slow, not wrong.
configure({ asyncUtilTimeout: 20_000 });
afterEach(cleanup);
