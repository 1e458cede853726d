import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import axe from "axe-core";
import type { ReactElement } from "react";
import { IntlProvider } from "use-intl";
import { expect } from "vitest";
import type { Language } from "@/shared/intl";
import en from "@/shared/intl/en";
import zh from "@/shared/intl/zh";

/** Renders with what every component may expect around it. */
export async function show(element: ReactElement, language: Language = "en") {
  const messages = { en, zh }[language];
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <IntlProvider locale={language} messages={messages} timeZone="Asia/Singapore">
      <QueryClientProvider client={client}>{element}</QueryClientProvider>
    </IntlProvider>,
  );
}

/** jsdom paints nothing, so contrast is looked at in the browser. */
export async function expectAccessible(container: Element = document.body) {
  const { violations } = await axe.run(container, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}
