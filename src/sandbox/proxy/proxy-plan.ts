/** The flags of `keyturn sandbox --origin` as a plan. Throws ERR_USAGE, one line for each mistake. */
import type { OriginLimits } from "../../cloudfront/distribution.ts";
import { UsageError } from "../../errors.ts";
import type { ParameterValues } from "../../iac/parameters.ts";
import { parseDuration, type Seconds } from "../../time.ts";
import {
  managedOriginRequestPolicy,
  ORIGIN_REQUEST_POLICY_IDS,
} from "../cloudfront/origin-request-policy-ids.ts";

export interface BackendUrl {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: number;
  /** As in a Host header: without a port that is the scheme's own. */
  readonly host: string;
  /** OriginPath, without a slash at the end. */
  readonly path: string;
}

export interface ProxyFlags {
  readonly origin?: readonly string[];
  readonly protect?: readonly string[];
  readonly host?: string;
  readonly publicKey?: readonly string[];
  readonly fromTemplate?: string;
  readonly parameter?: ParameterValues;
  readonly fromAccount?: boolean;
  readonly distribution?: string;
  readonly ownKey?: boolean;
  readonly originRequestPolicy?: string;
  readonly originTimeout?: Seconds;
  readonly connectionTimeout?: Seconds;
  readonly connectionAttempts?: number;
  readonly explain?: boolean;
  readonly run?: string;
  readonly wait?: Seconds;
}

export interface ProxyPlan {
  /** By the origin's ID in the template or account; `""` is for all others. */
  readonly backends: ReadonlyMap<string, BackendUrl>;
  readonly protect: readonly string[];
  readonly host: string;
  readonly trust:
    | { readonly by: "own-key" }
    | {
        readonly by: "public-keys";
        readonly files: readonly { readonly path: string; readonly id: string }[];
      }
    | { readonly by: "template"; readonly path: string; readonly parameters: ParameterValues }
    | { readonly by: "account" };
  /** With a template or account: the key pair IDs of keys declared there. */
  readonly namedKeys?: readonly { readonly path: string; readonly id: string }[];
  /** The sandbox's own key is trusted too. */
  readonly addsOwnKey: boolean;
  readonly distribution?: string;
  /** A managed policy's ID. */
  readonly originRequestPolicyId: string;
  /** A limit that is absent comes from the origin's configuration, otherwise from CloudFront's defaults. */
  readonly limits: OriginLimits;
  readonly explains: boolean;
  readonly run?: string;
  readonly wait: Seconds;
}

/** Under .localhost, which resolves to loopback and can have a cookie Domain. */
const APP_HOST = "app.keyturn.localhost";
const WAIT: Seconds = 10;

/** Undefined: without --origin the sandbox has its own application. */
export function planProxy(flags: ProxyFlags): ProxyPlan | undefined {
  const { origin } = flags;
  if (origin === undefined) {
    const alone = NEED_ORIGIN.find(([name]) => flags[name] !== undefined);
    if (alone === undefined) return undefined;
    throw usage(`${alone[1]} needs --origin`, "keyturn sandbox --origin http://127.0.0.1:3000");
  }
  const sources = [
    flags.publicKey && "--public-key",
    flags.fromTemplate !== undefined && "--from-template",
    flags.fromAccount && "--from-account",
  ].filter(Boolean);
  if (sources.length > 1 && !(sources.length === 2 && flags.publicKey)) {
    throw usage(`${sources.join(" and ")} cannot be combined`, "keyturn sandbox --help");
  }
  const isDeclared = flags.fromTemplate !== undefined || flags.fromAccount === true;
  if (isDeclared && flags.protect) {
    throw usage(
      `--protect and ${sources.at(-1)} cannot be combined: the behaviors are declared there`,
      "keyturn sandbox --help",
    );
  }
  if (flags.parameter && flags.fromTemplate === undefined) {
    throw usage("--parameter needs --from-template", "keyturn sandbox --help");
  }
  if (!isDeclared && flags.distribution !== undefined) {
    throw usage("--distribution needs --from-template or --from-account", "keyturn sandbox --help");
  }
  const files = (flags.publicKey ?? []).map(publicKeyFile);
  return {
    backends: new Map(origin.map(backend)),
    protect: flags.protect ?? ["*"],
    host: flags.host ?? APP_HOST,
    trust:
      flags.fromTemplate !== undefined
        ? { by: "template", path: flags.fromTemplate, parameters: flags.parameter ?? new Map() }
        : flags.fromAccount
          ? { by: "account" }
          : files.length > 0
            ? { by: "public-keys", files }
            : { by: "own-key" },
    namedKeys: isDeclared && files.length > 0 ? files : undefined,
    addsOwnKey: flags.ownKey === true,
    distribution: flags.distribution,
    originRequestPolicyId: flags.originRequestPolicy ?? ORIGIN_REQUEST_POLICY_IDS.AllViewer,
    limits: {
      responseTimeout: flags.originTimeout,
      connectionTimeout: flags.connectionTimeout,
      connectionAttempts: flags.connectionAttempts,
    },
    explains: flags.explain === true,
    run: flags.run,
    wait: flags.wait ?? WAIT,
  };
}

const NEED_ORIGIN = [
  ["protect", "--protect"],
  ["host", "--host"],
  ["publicKey", "--public-key"],
  ["fromTemplate", "--from-template"],
  ["parameter", "--parameter"],
  ["fromAccount", "--from-account"],
  ["distribution", "--distribution"],
  ["ownKey", "--own-key"],
  ["originRequestPolicy", "--origin-request-policy"],
  ["originTimeout", "--origin-timeout"],
  ["connectionTimeout", "--connection-timeout"],
  ["connectionAttempts", "--connection-attempts"],
  ["explain", "--explain"],
  ["wait", "--wait"],
] as const satisfies readonly (readonly [keyof ProxyFlags, string])[];

/** `http://127.0.0.1:3000`, or `api=http://127.0.0.1:3000` for one of a template's origins. */
function backend(text: string): [id: string, url: BackendUrl] {
  const [, id = "", address = ""] = /^(?:([^=:/?#]+)=)?(.*)$/.exec(text) ?? [];
  if (!URL.canParse(address) || !/^https?:\/\//i.test(address)) {
    throw usage(`--origin "${text}" is not a URL with http:// or https://`, EXAMPLE);
  }
  const url = new URL(address);
  if (url.username !== "" || url.password !== "") {
    throw usage("--origin must not hold a user name or password", EXAMPLE);
  }
  if (url.search !== "" || url.hash !== "") {
    throw usage(
      `--origin "${text}" has a query or fragment: give scheme, host, port and perhaps a path`,
      EXAMPLE,
    );
  }
  const protocol = url.protocol as BackendUrl["protocol"];
  return [
    id,
    {
      protocol,
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port || (protocol === "https:" ? 443 : 80)),
      host: url.host,
      path: url.pathname.replace(/\/+$/, ""),
    },
  ];
}

/** For commander: `/api/*,/media/*`, repeatable. */
export function parseProtect(text: string, before: readonly string[] = []): string[] {
  const patterns = text.split(",").map((each) => each.trim());
  const bad = patterns.find((each) => !/^[/*][A-Za-z0-9_\-.*$/~"'@:+&?]*$/.test(each) || each.length > 255);
  if (bad === undefined) return [...before, ...patterns];
  throw usage(
    bad === "" ? "--protect has an empty path pattern" : `--protect "${bad}" is not a path pattern`,
    "keyturn sandbox --origin http://127.0.0.1:3000 --protect '/api/*,/media/*'",
  );
}

export const parseOrigin = (text: string, before: readonly string[] = []): string[] => {
  backend(text);
  return [...before, text];
};

/** The id follows the last `=`: file names may hold one too. */
export function parsePublicKeyWithId(text: string, before: readonly string[] = []): string[] {
  publicKeyFile(text);
  return [...before, text];
}
function publicKeyFile(text: string): { readonly path: string; readonly id: string } {
  const [, path = "", id = ""] = /^(.+)=([A-Za-z0-9]{1,64})$/.exec(text) ?? [];
  if (path !== "") return { path, id };
  throw usage(
    `--public-key "${text}" is not FILE=ID: the ID is the key pair ID that the backend sends`,
    "keyturn sandbox --origin http://127.0.0.1:3000 --public-key public.pem=K2JCJMDEHXQW5F",
  );
}

export function parseHost(text: string): string {
  if (/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(text)) return text.toLowerCase();
  throw usage(
    `--host "${text}" is not a host name`,
    "keyturn sandbox --origin http://127.0.0.1:3000 --host app.localhost",
  );
}

export function parseOriginRequestPolicy(text: string): string {
  const id = managedOriginRequestPolicy(text);
  if (id !== undefined) return id;
  throw usage(
    `--origin-request-policy "${text}" is not a managed policy: ${Object.keys(ORIGIN_REQUEST_POLICY_IDS).join(", ")}`,
    "keyturn sandbox --origin http://127.0.0.1:3000 --origin-request-policy AllViewerExceptHostHeader",
  );
}

/** CloudFront takes 1 to 120 seconds without a raised quota. */
export function parseOriginTimeout(text: string): Seconds {
  const length = parseDuration(text);
  if (length >= 1 && length <= 120) return length;
  throw usage(
    `--origin-timeout ${text} is not 1s to 120s, which CloudFront allows`,
    "keyturn sandbox --origin http://127.0.0.1:3000 --origin-timeout 30s",
  );
}

export function parseConnectionTimeout(text: string): Seconds {
  const length = parseDuration(text);
  if (length >= 1 && length <= 10) return length;
  throw usage(
    `--connection-timeout ${text} is not 1s to 10s, which CloudFront allows`,
    "keyturn sandbox --origin http://127.0.0.1:3000 --connection-timeout 10s",
  );
}

export function parseConnectionAttempts(text: string): number {
  if (/^[123]$/.test(text)) return Number(text);
  throw usage(
    `--connection-attempts ${text} is not 1, 2 or 3, which CloudFront allows`,
    "keyturn sandbox --origin http://127.0.0.1:3000 --connection-attempts 1",
  );
}

const EXAMPLE = "keyturn sandbox --origin http://127.0.0.1:3000";
const usage = (message: string, hint: string) => new UsageError("ERR_USAGE", message, [hint]);
