import type { PropsWithChildren } from "react";
import { IntlProvider } from "use-intl";
import { CAMPUS_TIME_ZONE } from "@/shared/config/campus";
import { useSpoken } from "@/shared/intl/language";

export function LanguageProvider({ children }: PropsWithChildren) {
  const { language, messages } = useSpoken();
  return (
    <IntlProvider locale={language} messages={messages} timeZone={CAMPUS_TIME_ZONE}>
      {children}
    </IntlProvider>
  );
}
