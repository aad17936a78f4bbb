/** The JSON document that `--notify` and `--notify-url` send. */
import * as z from "zod";
import { MODES } from "../../rotation/mode.ts";
import { ABORT_STEPS, HALT_REASONS } from "../../rotation/next.ts";
import { NOTIFIED_EVENTS } from "../../rotation/notification.ts";
import { STAGES } from "../../rotation/stage.ts";
import { jsonSchemaOf } from "./envelope.ts";
import { instantSchema } from "./words.ts";

const notification = z.strictObject({
  schemaVersion: z.literal(1),
  event: z.enum(NOTIFIED_EVENTS),
  at: instantSchema,
  gate: z.string(),
  rotation: z.string(),
  goal: z.enum(["forward", "abort"]),
  mode: z.enum(MODES),
  text: z.string(),
  next: z.array(z.string()),
  ticket: z.string().optional(),
  stage: z.enum([...STAGES, ...ABORT_STEPS]).optional(),
  halt: z.enum(HALT_REASONS).optional(),
  outcome: z.enum(["rotated", "aborted"]).optional(),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});

export function notificationSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "keyturn rotate --notify",
    description:
      "What --notify and --notify-url send. Within one schemaVersion, members may be added but nothing else changes: ignore members that you do not know.",
    ...jsonSchemaOf(notification),
  };
}
