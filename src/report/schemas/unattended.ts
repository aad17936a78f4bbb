/** Shapes of `result` in the `unattended` commands. */
import * as z from "zod";
import { FORMATS } from "../../unattended/format.ts";
import { countSchema, instantSchema } from "./words.ts";

/** A state machine's execution that drives a gate, and when it checks again. */
export const drivingExecutionSchema = z.strictObject({
  execution: z.string(),
  startedAt: instantSchema,
  rotation: z.string().optional(),
  stage: z.string().optional(),
  says: z.string().optional(),
  wakeAt: instantSchema.optional(),
});

export const unattendedSchemas = {
  "unattended template": z.strictObject({
    folder: z.string(),
    format: z.enum(FORMATS),
    name: z.string(),
    gates: z.array(z.string()),
    files: z.array(z.strictObject({ path: z.string(), sha256: z.string(), bytes: countSchema })),
    movedAside: z.array(z.strictObject({ from: z.string(), to: z.string() })),
    needsPeople: z.array(z.strictObject({ gate: z.string(), why: z.string() })),
  }),
  "unattended check": z.strictObject({
    name: z.string(),
    where: z.string(),
    at: instantSchema,
    parts: z.array(
      z.strictObject({
        part: z.enum(["function", "state-machine", "schedules", "alarms", "topic"]),
        says: z.string(),
        state: z.enum(["as-written", "outdated", "stopped", "missing"]),
        missing: z.array(z.string()),
        differences: z.array(z.string()),
        stopped: z.array(z.string()),
      }),
    ),
    gates: z.array(
      z.strictObject({
        gate: z.string(),
        /** The earliest first. */
        atWork: z.array(drivingExecutionSchema),
        /** The latest of each kind. */
        ended: z.array(
          z.strictObject({
            execution: z.string(),
            kind: z.enum(["start", "tick"]),
            status: z.enum(["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]),
            startedAt: instantSchema,
            endedAt: instantSchema,
            says: z.string(),
          }),
        ),
        /** When an execution checks the gate next. */
        looksAt: instantSchema.optional(),
      }),
    ),
    alarms: z.array(
      z.strictObject({ name: z.string(), state: z.string(), since: instantSchema, reason: z.string() }),
    ),
  }),
};
