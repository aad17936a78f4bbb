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
  /** How long a signer may go on with what it last read; `until-restart` waits for the operator's word. */
  readonly cacheTtl: Seconds | "until-restart";
  readonly keyPairId: KeyPairIdSource;
  readonly loginEndpoint?: string;
  readonly mintEndpoint?: string;
  readonly logoutEndpoint?: string;
  /** Regions whose replica of the secret signers read. */
  readonly regions: readonly string[];
}

export interface GateCookie {
  /** Policy Resource; wildcards allowed. */
  readonly resource: string;
  /** Cookie Domain; absent means host-only. */
  readonly domain?: string;
  /** Cookie Path: a prefix, never a glob. */
  readonly path: string;
  readonly sameSite: "Strict" | "Lax" | "None";
  readonly partitioned: boolean;
  readonly ttl: Seconds;
  /** The longest life of any cookie the gate allows: a rotation waits for it. */
  readonly maxTtl: Seconds;
}

export interface GateRoute {
  /** Path pattern as in a cache behavior: `/api/*`. */
  readonly pattern: string;
  readonly methods: readonly string[];
  /** The layers that must each refuse; empty means public. */
  readonly layers: readonly Layer[];
  /** A path that exists, to ask for. */
  readonly sample: string;
  /** Absent: it is on every distribution of the gate. */
  readonly distributions?: readonly string[];
  /** POST and the like are sent by the probe only when this says so. */
  readonly safeMethods: readonly string[];
}

interface GateFlow {
  /** What the login endpoint takes, with `{username}` and `{password}` filled in; JSON. */
  readonly loginBody?: string;
  /** Dotted path of the session token in the login answer; absent when login sets a cookie. */
  readonly tokenField?: string;
  /** A protected path that an under-privileged session is refused by the application. */
  readonly forbiddenPath?: string;
}

export interface Gate {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  readonly profile?: string;
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
  /** Distribution id -> URL behind the edge check, for a rotation's canary requests; a missing object will do. */
  readonly canaries: Readonly<Record<string, string>>;
  readonly routes: readonly GateRoute[];
  readonly flow?: GateFlow;
  readonly ownership: "terraform" | "cloudformation" | "none";
  readonly maxKeyAge?: Seconds;
  readonly rotation: {
    /** How long the edge may take to learn a key-group change, everywhere. */
    readonly settle: Seconds;
    /** Allowance for clocks that disagree. */
    readonly skew: Seconds;
    /** Consecutive good triples per distribution that make a proof. */
    readonly triples: number;
  };
}

export function isRouteOf({ distributions }: GateRoute, distributionId: string): boolean {
  return distributions?.includes(distributionId) ?? true;
}

/** What Secrets Manager takes as SecretId (CreateSecret, Name; ARNs). Anything else would show in CloudTrail. */
export function isSecretId(text: string): boolean {
  return /^[\w/+=.@:-]{1,2048}$/.test(text);
}
