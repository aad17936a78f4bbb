/**
 * A gate: one protected surface. The trusted key groups that share one signing key, their distributions, the secret
 * that holds the key, the signers, the cookie settings and the routes. `gates/read.ts` reads it from keyturn.yaml.
 */
import type { GateSecret } from "../keys/gate-secret.ts";
import type { HashAlgorithm } from "../policy/policy.ts";
import type { Seconds } from "../time.ts";

/** How production signers learn their key pair ID. */
export type KeyPairIdSource = "in-secret" | "derived" | "external";
export type Layer = "edge" | "origin-verification" | "application";

export interface GateSigner {
  readonly hash: HashAlgorithm;
  /** How long a signer may cache the secret; `until-restart` waits for the operator to confirm a restart. */
  readonly cacheTtl: Seconds | "until-restart";
  readonly keyPairId: KeyPairIdSource;
  readonly loginEndpoint?: string;
  readonly mintEndpoint?: string;
  readonly logoutEndpoint?: string;
  /** Regions in which signers read a replica of the secret. */
  readonly regions: readonly string[];
}

export interface GateCookie {
  /** Policy Resource; wildcards allowed. */
  readonly resource: string;
  /** Cookie Domain; absent means host-only. */
  readonly domain?: string;
  /** Cookie Path: a prefix, not a glob. */
  readonly path: string;
  readonly sameSite: "Strict" | "Lax" | "None";
  readonly partitioned: boolean;
  readonly ttl: Seconds;
  /** The longest lifetime of any cookie that the gate allows; a rotation waits that long. */
  readonly maxTtl: Seconds;
}

export interface GateRoute {
  /** Path pattern as in a cache behavior: `/api/*`. */
  readonly pattern: string;
  readonly methods: readonly string[];
  /** The layers that must each deny; empty means public. */
  readonly layers: readonly Layer[];
  /** An existing path to request. */
  readonly sample: string;
  /** Absent: every distribution of the gate has it. */
  readonly distributions?: readonly string[];
  /** The probe sends POST and the like only if listed here. */
  readonly safeMethods: readonly string[];
}

interface GateFlow {
  /** JSON body for the login endpoint, with `{username}` and `{password}` as placeholders. */
  readonly loginBody?: string;
  /** Dotted path of the session token in the login response; absent if login sets a cookie. */
  readonly tokenField?: string;
  /** A protected path that the application denies to an under-privileged session. */
  readonly forbiddenPath?: string;
}

/** What infrastructure code calls the gate's resources: Terraform addresses, or logical IDs. */
export interface CodeNames {
  /** By key group ID. */
  readonly keyGroups: Readonly<Record<string, string>>;
  readonly publicKey?: string;
}

export interface Gate {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  readonly profile?: string;
  /** ARN of the role that works on this gate, assumed with the caller's credentials. */
  readonly assumeRole?: string;
  readonly externalId?: string;
  readonly distributions: readonly string[];
  readonly keyGroups: readonly string[];
  readonly secret: GateSecret;
  readonly signer: GateSigner;
  readonly cookie: GateCookie;
  /** Named variations for `mint --cookie-profile`. */
  readonly cookieProfiles: Readonly<Record<string, Partial<GateCookie> & { readonly ip?: string }>>;
  readonly signedUrls?: { readonly maxTtl: Seconds };
  readonly origin?: {
    readonly url?: string;
    readonly counterUrl?: string;
    readonly verificationHeader?: string;
  };
  /** Distribution id -> URL behind the edge check, for a rotation's canary requests; the object need not exist. */
  readonly canaries: Readonly<Record<string, string>>;
  readonly routes: readonly GateRoute[];
  readonly flow?: GateFlow;
  readonly ownership: "terraform" | "cloudformation" | "none";
  readonly terraform?: CodeNames;
  readonly cloudformation?: CodeNames & { readonly cdk?: boolean };
  readonly maxKeyAge?: Seconds;
  /** For `keyturn logs --engine athena`. */
  readonly athena?: {
    readonly workgroup?: string;
    readonly database?: string;
    /** `s3://bucket/prefix/`; absent: the workgroup's own. */
    readonly outputLocation?: string;
  };
  readonly rotation: {
    /** How long a key-group change may take to reach every edge location. */
    readonly settle: Seconds;
    /** Allowance for clock skew. */
    readonly skew: Seconds;
    /** Consecutive passing canary checks per distribution that count as proof. */
    readonly triples: number;
  };
}

export function isRouteOf({ distributions }: GateRoute, distributionId: string): boolean {
  return distributions?.includes(distributionId) ?? true;
}

/** What Secrets Manager accepts as SecretId (CreateSecret, Name; ARNs). Anything else would end up in CloudTrail. */
export function isSecretId(text: string): boolean {
  return /^[\w/+=.@:-]{1,2048}$/.test(text);
}
