/** Shape of `result` in `logs`. Row members are in snake case, like the view's columns. */
import * as z from "zod";
import { countSchema, instantSchema } from "./words.ts";

const orNull = instantSchema.nullable();
const words = z.string().nullable();
const tellable = {
  says: z.array(z.string()),
  cannot_tell: z.array(z.strictObject({ why: z.string(), instead: z.string() })),
};
const seen = { first_seen: orNull, last_seen: orNull };

const denials = z.strictObject({
  ...tellable,
  rows: z.array(
    z.strictObject({
      bucket: orNull,
      answered_by: z.string(),
      wire_code: words,
      reason: words,
      requests: countSchema,
    }),
  ),
  phases: z.array(
    z.strictObject({
      rotation_phase: words,
      requests: countSchema,
      denied: countSchema,
      denied_by_signature: countSchema,
    }),
  ),
  marks: z.array(z.strictObject({ stage: z.string(), at: instantSchema })),
});

const oldKey = z.strictObject({
  ...tellable,
  rows: z.array(
    z.strictObject({
      key_pair_id: z.string(),
      accepted: countSchema,
      denied: countSchema,
      unclear: countSchema,
      ...seen,
      last_accepted: orNull,
      taken_out_by: orNull,
    }),
  ),
  uses: z.array(
    z.strictObject({
      key_pair_id: z.string(),
      host: words,
      route: words,
      client_family: z.string(),
      accepted: countSchema,
      denied: countSchema,
      last_seen: orNull,
    }),
  ),
});

const ungated = z.strictObject({
  ...tellable,
  rows: z.array(z.strictObject({ host: words, path: words, requests: countSchema, ...seen })),
});

const remints = z.strictObject({
  ...tellable,
  rows: z.array(
    z.strictObject({
      status: countSchema,
      requests: countSchema,
      clients: countSchema,
      per_client_hour: z.number(),
      most_per_client_hour: countSchema,
    }),
  ),
  loops: z.array(
    z.strictObject({
      kind: z.enum(["denied-repeatedly", "denied-after-mint"]),
      client: z.string(),
      requests: countSchema,
      ...seen,
    }),
  ),
});

const propagation = z.strictObject({
  ...tellable,
  rows: z.array(
    z.strictObject({
      edge_location: z.string(),
      key_pair_id: z.string(),
      first_accepted: orNull,
      last_accepted: orNull,
      first_denied: orNull,
      last_denied: orNull,
      accepted: countSchema,
      denied: countSchema,
    }),
  ),
});

const who = z.strictObject({
  ...tellable,
  rows: z.array(
    z.strictObject({
      dimension: z.enum([
        "host",
        "route",
        "edge_location",
        "method",
        "country",
        "as_number",
        "is_ipv6",
        "host_kind",
      ]),
      value: words,
      requests: countSchema,
    }),
  ),
});

/** One log line, with the fields that its log has. */
const line = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const request = z.strictObject({ ...tellable, rows: z.array(line), conditions: z.array(line).optional() });

const answered = z.strictObject({
  read: z.strictObject({
    lines: countSchema,
    damaged: countSchema,
    from: instantSchema.optional(),
    to: instantSchema.optional(),
    sources: z.array(
      z.strictObject({
        path: z.string(),
        format: z.string(),
        lines: countSchema,
        damaged: countSchema,
        trouble: z.string().optional(),
      }),
    ),
    distributions: z.array(
      z.strictObject({ host: z.string(), lines: countSchema, with_cookies: countSchema }),
    ),
    scanned: z.strictObject({ queries: countSchema, bytes: countSchema, dollars: z.number() }).optional(),
    fetched: z
      .strictObject({
        objects: countSchema,
        bytes: countSchema,
        missing: countSchema,
        newest: instantSchema.optional(),
        delivered: instantSchema.optional(),
      })
      .optional(),
  }),
  trust: z.strictObject({
    asked: z.boolean(),
    rotation: z.string().optional(),
    unasked: z.string().optional(),
  }),
  questions: z.strictObject({
    denials: denials.optional(),
    "old-key": oldKey.optional(),
    propagation: propagation.optional(),
    remints: remints.optional(),
    ungated: ungated.optional(),
    who: who.optional(),
    request: request.optional(),
  }),
});

/** For `--sql`: the queries, by name. */
const texts = z.strictObject({ engine: z.string(), texts: z.record(z.string(), z.string()) });

/** For `logs where`. */
const where = z.strictObject({
  gate: z.string(),
  destinations: z.array(
    z.strictObject({
      distribution: z.string(),
      kind: z.enum(["v1", "v2", "real-time"]),
      to: z.enum(["s3", "cloudwatch-logs", "firehose", "kinesis", "unknown"]),
      place: z.string(),
      format: z.string(),
      cookies: z.enum(["logged", "switched-off", "not-chosen", "cut-off"]),
      fields: z.array(z.string()).optional(),
      oldest: instantSchema.optional(),
      newest: instantSchema.optional(),
      late: z
        .strictObject({ objects: countSchema, median_seconds: countSchema, most_seconds: countSchema })
        .optional(),
      unread: z.string().optional(),
    }),
  ),
  unlogged: z.array(z.string()),
});

export const logsSchemas = { logs: z.union([answered, texts]), "logs where": where };
