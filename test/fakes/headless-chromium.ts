/** The installed Chromium, without a window and without background requests. */
import { type Browser, chromium } from "playwright-core";
import { pathOf } from "./needs.ts";

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: pathOf("chromium") as string,
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
