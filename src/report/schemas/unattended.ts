/** Shapes of `result` in the `unattended` commands. */
import * as z from "zod";
import { FORMATS } from "../../unattended/format.ts";
import { count } from "./words.ts";

export const unattended = {
  "unattended template": z.strictObject({
    folder: z.string(),
    format: z.enum(FORMATS),
    name: z.string(),
    gates: z.array(z.string()),
    files: z.array(z.strictObject({ path: z.string(), sha256: z.string(), bytes: count })),
    movedAside: z.array(z.strictObject({ from: z.string(), to: z.string() })),
    needsPeople: z.array(z.strictObject({ gate: z.string(), why: z.string() })),
  }),
};
