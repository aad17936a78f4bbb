/** The options that send a rotation's events somewhere. */
import { type Command, Option } from "commander";
import { makeNotifier, type Notifier, parseNotifyUrl } from "../../rotation/notifier.ts";
import type { World } from "../../seams/world.ts";

export interface NotifyFlags {
  readonly notify?: string;
  readonly notifyUrl?: string;
}

/** Adds --notify and --notify-url. */
export const notifying = (command: Command) =>
  command
    .option(
      "--notify <command>",
      "run this with sh -c on a halt, when a wait is over, and at the end; JSON on its stdin (also KEYTURN_NOTIFY)",
    )
    .addOption(
      new Option(
        "--notify-url <url>",
        "POST that JSON there; keep a webhook's URL in KEYTURN_NOTIFY_URL instead",
      ).argParser((text) => parseNotifyUrl(text, "--notify-url")),
    );

/** Throws ERR_USAGE if KEYTURN_NOTIFY_URL is not a URL. */
export function notifierOf({ notify, notifyUrl }: NotifyFlags, world: World): Notifier {
  const { KEYTURN_NOTIFY, KEYTURN_NOTIFY_URL } = world.env;
  const url = notifyUrl ?? (KEYTURN_NOTIFY_URL || undefined);
  return makeNotifier(
    {
      command: notify ?? (KEYTURN_NOTIFY || undefined),
      url: url && parseNotifyUrl(url, "KEYTURN_NOTIFY_URL"),
    },
    world,
  );
}
