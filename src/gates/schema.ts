/**
 * What keyturn.yaml may contain, field by field. The reader, `config schema` and the suggestions for
 * misspelled names all derive from it.
 */
import * as z from "zod";
import { isError } from "../errors.ts";
import { parseIpRange } from "../policy/ip-range.ts";
import { parseDuration, type Seconds } from "../time.ts";
import { isSecretId } from "./gate.ts";

/** Refuses a bare number: its unit would be a guess. */
const spelling = z.string("needs a duration with a unit: 90s, 15m, 8h, 2d or 1h30m");
const duration = spelling.transform(durationOf);
const cacheTtl = spelling.transform((text, context) =>
  text === "until-restart" ? text : durationOf(text, context),
);

function durationOf(text: string, context: z.RefinementCtx): Seconds {
  try {
    return parseDuration(text);
  } catch (thrown) {
    if (!isError(thrown, "ERR_DURATION")) throw thrown;
    context.addIssue({ code: "custom", message: "is not a duration: write 90s, 15m, 8h, 2d or 1h30m" });
    return z.NEVER;
  }
}

const url = z
  .string()
  .regex(/^https?:\/\/[^\s/?#]+\S*$/, "is not a URL with http:// or https://")
  .refine(
    (text) => !/^https?:\/\/[^/?#]*@/.test(text),
    "contains a user name: leave out everything up to the @",
  )
  .refine((text) => URL.canParse(text), "is not a URL: check its host and port");
const path = z.string().regex(/^\/\S*$/, "is not a path: start it with /");
const word = z.string().min(1, "is empty");

const sameSite = z.enum(["Strict", "Lax", "None"]);
const cookiePath = path.refine((text) => !/[*?]/.test(text), "is a prefix, not a pattern: leave out * and ?");
const cookieDomain = z
  .string()
  .regex(/^\.?[A-Za-z0-9.-]+$/, "must be a host name, without scheme, port or path");
/** Scheme and host may be wildcards too, so this is not a URL. */
const resource = z
  .string()
  .regex(/^[^\s"\\]+$/, "contains a space, quote or backslash")
  .refine(
    (text) => hasViewersScheme(text),
    "has a scheme that viewers never use: write http://, https:// or *://",
  );

function hasViewersScheme(text: string): boolean {
  const scheme = /^([^/]*):\/\//.exec(text)?.[1];
  return scheme === undefined || /^https?$|[*?]/.test(scheme);
}

const secretId = word
  .refine(isSecretId, "is not the name or ARN of a secret")
  .refine((id) => !id.endsWith(".keyturn"), "is the record of a rotation: leave out .keyturn");

const secret = z
  .union([
    secretId.transform((id) => ({
      id,
      format: "json" as const,
      fields: { privateKey: "privateKey", keyPairId: "keyPairId" },
    })),
    z.strictObject({
      id: secretId.describe("name or ARN in Secrets Manager"),
      format: z.enum(["json", "pem", "binary"]).default("json"),
      fields: z
        .strictObject({ privateKey: word.default("privateKey"), keyPairId: word.default("keyPairId") })
        .prefault({})
        .describe(
          "members of JSON (signing.key for a nested one) or names of settings; the rest stays unchanged",
        ),
    }),
  ])
  .describe("the secret that holds the private key; not the key itself");

const signer = z.strictObject({
  hash: z.enum(["SHA1", "SHA256"]).default("SHA1"),
  cacheTtl: cacheTtl
    .default("until-restart")
    .describe("how long a signer caches the key: 5m, or until-restart"),
  keyPairId: z
    .enum(["in-secret", "derived", "external"])
    .optional()
    .describe("where a signer gets its key pair ID; default: in-secret for JSON secrets, derived for others"),
  loginEndpoint: url.optional(),
  mintEndpoint: url.optional().describe("the authenticated endpoint that sets the cookies"),
  logoutEndpoint: url.optional(),
  regions: z.array(word).default([]).describe("regions in which signers read a replica of the secret"),
});

const cookie = z.strictObject({
  resource: resource.describe("Resource of the policy; * and ? are wildcards"),
  domain: cookieDomain.optional().describe("Domain attribute; host-only if absent"),
  path: cookiePath.default("/"),
  sameSite: sameSite.default("Lax"),
  partitioned: z.boolean().default(false),
  ttl: duration.describe("how long a minted cookie lives: 15m"),
  maxTtl: duration
    .optional()
    .describe("the longest lifetime of any cookie that the gate allows; a rotation waits that long"),
});

const cookieProfile = z.strictObject({
  resource: resource.optional(),
  domain: cookieDomain.optional(),
  path: cookiePath.optional(),
  sameSite: sameSite.optional(),
  partitioned: z.boolean().optional(),
  ttl: duration.optional(),
  maxTtl: duration.optional(),
  ip: z
    .string()
    .refine((text) => !("problem" in parseIpRange(text)), "is not an IPv4 address or CIDR: 192.0.2.0/24")
    .optional()
    .describe("IPv4 address or CIDR"),
});

const method = z.enum(["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]);
const route = z.strictObject({
  pattern: path.describe("path pattern as in a cache behavior: /api/*"),
  methods: z.array(method).default(["GET", "HEAD"]),
  layers: z
    .array(z.enum(["edge", "origin-verification", "application"]))
    .default(["edge"])
    .describe("the layers that must each deny; [] is public"),
  sample: path
    .optional()
    .describe("an existing path to request; default: the pattern itself, if it has no wildcard"),
  distributions: z
    .array(word)
    .min(1, "needs at least one distribution ID")
    .optional()
    .describe("the gate's distributions that have the route; default: all"),
  safeMethods: z.array(method).default(["GET", "HEAD"]).describe("methods that the probe may send"),
});

/** As IAM names roles, with any path. */
const ROLE_ARN = /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;

const codeNames = {
  keyGroups: z.record(word, word).default({}).describe("key group ID: what the code calls it"),
  publicKey: word.optional().describe("what the code calls the signing key's public half"),
};

export const gateSchema = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, "must be an account number: twelve digits")
    .optional(),
  region: word.optional(),
  profile: word.optional(),
  assumeRole: z
    .string()
    .regex(ROLE_ARN, "is not the ARN of a role: arn:aws:iam::111122223333:role/NAME")
    .optional()
    .describe("role that works on this gate, assumed with your credentials: one operator, several accounts"),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, "is not an external ID: 2 to 1224 letters, digits and + = , . @ : / -")
    .optional()
    .describe("what the role's trust policy asks for"),
  distributions: z.array(word).min(1, "needs at least one distribution ID"),
  keyGroups: z.array(word).min(1, "needs at least one key group ID"),
  secret,
  signer: signer.prefault({}),
  cookie,
  cookieProfiles: z.record(word, cookieProfile).default({}).describe("variations for mint --cookie-profile"),
  signedUrls: z.strictObject({ maxTtl: duration }).optional(),
  origin: z
    .strictObject({
      url: url.optional(),
      counterUrl: url
        .optional()
        .describe('answers ?mark=MARK with {"seen": N}: how many requests with that x-keyturn-mark it saw'),
      verificationHeader: z
        .string()
        .regex(
          /^[A-Za-z0-9-]+$/,
          "must be the name of a header; its value is a secret and stays out of this file",
        )
        .optional(),
    })
    .optional(),
  canaries: z.record(word, url).default({}).describe("distribution ID: a URL behind the edge check"),
  routes: z.array(route).default([]),
  flow: z
    .strictObject({
      loginBody: z.string().optional().describe('JSON with "{username}" and "{password}" in place of both'),
      tokenField: word.optional(),
      forbiddenPath: path.optional(),
    })
    .optional(),
  ownership: z.enum(["terraform", "cloudformation", "none"]).default("none"),
  terraform: z
    .strictObject(codeNames)
    .optional()
    .describe("resource addresses, for the change that a rotation prints"),
  cloudformation: z
    .strictObject({ ...codeNames, cdk: z.boolean().optional().describe("print TypeScript for the CDK") })
    .optional()
    .describe("logical IDs, for the change that a rotation prints"),
  maxKeyAge: duration.optional(),
  athena: z
    .strictObject({
      workgroup: word.optional(),
      database: z
        .string()
        .regex(/^[a-z0-9_]{1,128}$/, "must be lower-case letters, digits and underscores")
        .optional(),
      outputLocation: z
        .string()
        .regex(/^s3:\/\/[a-z0-9.-]{3,63}\/(?:[\w!.*()/=-]*\/)?$/, "is not s3://BUCKET/PREFIX/")
        .optional(),
    })
    .optional()
    .describe("for `keyturn logs --engine athena`"),
  rotation: z
    .strictObject({
      settle: duration
        .prefault("15m")
        .describe("how long a key-group change may take to reach every edge location"),
      skew: duration.prefault("1m").describe("allowance for clock skew"),
      triples: z
        .int()
        .min(1)
        .max(100)
        .default(5)
        .describe("consecutive passing canary checks per distribution that count as proof"),
    })
    .prefault({}),
});

export const NO_GATE_NAME = "is not a gate name: use letters, digits, - _ .";

export const fileSchema = z
  .strictObject({
    gates: z
      .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, NO_GATE_NAME), gateSchema)
      .refine((gates) => Object.keys(gates).length > 0, "has no gate"),
  })
  .describe("keyturn.yaml: the gates of one or more accounts");

export type GateFields = z.output<typeof gateSchema>;

/** What people write, before defaults: for editors, and for suggesting names. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(fileSchema, { io: "input", unrepresentable: "any" }) as Record<string, unknown>;
}
