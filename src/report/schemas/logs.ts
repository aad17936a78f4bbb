/** Shape of `result` in `logs`. Row members are in snake case, like the view's columns. */
import * as z from "zod";
import { count, instant } from "./words.ts";

const orNull = instant.nullable();
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
      requests: count,
    }),
  ),
  phases: z.array(
    z.strictObject({ rotation_phase: words, requests: count, denied: count, denied_by_signature: count }),
  ),
  marks: z.array(z.strictObject({ stage: z.string(), at: instant })),
});

const oldKey = z.strictObject({
  ...tellable,
  rows: z.array(
    z.strictObject({
      key_pair_id: z.string(),
      accepted: count,
      denied: count,
      unclear: count,
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
      accepted: count,
      denied: count,
      last_seen: orNull,
    }),
  ),
});

const ungated = z.strictObject({
  ...tellable,
  rows: z.array(z.strictObject({ host: words, path: words, requests: count, ...seen })),
});

const remints = z.strictObject({
  ...tellable,
  rows: z.array(
    z.strictObject({
      status: count,
      requests: count,
      clients: count,
      per_client_hour: z.number(),
      most_per_client_hour: count,
    }),
  ),
  loops: z.array(
    z.strictObject({
      kind: z.enum(["denied-repeatedly", "denied-after-mint"]),
      client: z.string(),
      requests: count,
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
      accepted: count,
      denied: count,
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
      requests: count,
    }),
  ),
});

/** One log line, with the fields that its log has. */
const line = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const request = z.strictObject({ ...tellable, rows: z.array(line), conditions: z.array(line).optional() });

const answered = z.strictObject({
  read: z.strictObject({
    lines: count,
    damaged: count,
    from: instant.optional(),
    to: instant.optional(),
    sources: z.array(
      z.strictObject({
        path: z.string(),
        format: z.string(),
        lines: count,
        damaged: count,
        trouble: z.string().optional(),
      }),
    ),
    distributions: z.array(z.strictObject({ host: z.string(), lines: count, with_cookies: count })),
    scanned: z.strictObject({ queries: count, bytes: count, dollars: z.number() }).optional(),
    fetched: z
      .strictObject({
        objects: count,
        bytes: count,
        missing: count,
        newest: instant.optional(),
        delivered: instant.optional(),
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
      oldest: instant.optional(),
      newest: instant.optional(),
      late: z.strictObject({ objects: count, median_seconds: count, most_seconds: count }).optional(),
      unread: z.string().optional(),
    }),
  ),
  unlogged: z.array(z.string()),
});

export const logs = { logs: z.union([answered, texts]), "logs where": where };
