/**
 * The gate's own application mints: log in as a test account, ask its mint endpoint, take the cookies it sets. For
 * people who may not read the secret. Nothing is judged here; `probe --flow` does that.
 */
import { clockFindings } from "../answer-dates.ts";
import type { CapturedCookie } from "../capture/capture.ts";
import { parseSetCookie } from "../capture/read-set-cookie.ts";
import { AccessError, InputError, UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { hostInUrl } from "../mint/cookie-scopes.ts";
import { type MintFlags, type MintPlan, planMint } from "../mint/mint-plan.ts";
import type { Minted, MintedSet } from "../mint/mint-sets.ts";
import { decodeBase64 } from "../policy/base64.ts";
import { COOKIE_NAMES, type CookieSet } from "../policy/cookie-set.ts";
import { parsePolicy } from "../policy/parse.ts";
import { Sealed } from "../sealed.ts";
import type { World } from "../seams/world.ts";
import type { Seconds } from "../time.ts";
import { type Credentials, type CredentialsSource, loginBody, readCredentials } from "./credentials.ts";
import { describeFlowAnswer, tokenIn } from "./flow-answer.ts";
import { FlowBrowser, isSigningCookie } from "./flow-browser.ts";
import { type FlowPlan, planFlow } from "./flow-plan.ts";
import { networkOf } from "./network-flags.ts";

export interface EndpointFlags extends MintFlags {
  readonly credentials?: string;
  readonly credentialsCommand?: string;
}
type Needs = Pick<World, "clock" | "files" | "interrupt" | "programs" | "viewer" | "terminal">;

/** Throws ERR_USAGE, ERR_LOGIN_FILE, ERR_LOGIN_REFUSED, ERR_MINT_REFUSED, ERR_UNREACHABLE. */
export async function mintAtEndpoint(flags: EndpointFlags, gate: Gate, world: Needs): Promise<Minted> {
  const source = planSource(flags);
  const flow = planFlow(gate, { remint: false });
  const plan = planMint(flags, gate, world.clock.now());
  const { cookies, machineAhead } = await cookiesOf(flow, await readCredentials(source, world), world);
  const findings = clockFindings(
    machineAhead,
    "the mint endpoint's",
    "according to the Date of its response",
  );
  return { plan, minted: [mintedSet(cookies, flow, plan)], findings };
}

/** The application decides what it mints; flags cannot change that. */
function planSource(flags: EndpointFlags): CredentialsSource {
  const { credentials, credentialsCommand } = flags;
  const fixed = (["resource", "ttl", "expires", "notBefore", "ip", "hash", "bad"] as const).find(
    (name) => flags[name],
  );
  if (fixed !== undefined) {
    throw new UsageError(
      "ERR_USAGE",
      `--via-endpoint uses the cookies that the application mints: leave out ${flagOf(fixed)}`,
      ["keyturn mint --help"],
    );
  }
  if (credentials !== undefined) return { path: credentials };
  if (credentialsCommand !== undefined) return { command: credentialsCommand };
  throw new UsageError("ERR_USAGE", "--via-endpoint logs in, and needs an account to do so", [
    "add --credentials FILE: user name and password, one per line; - is stdin",
    "or --credentials-command 'pass show test-account'",
  ]);
}

const flagOf = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

async function cookiesOf(
  flow: FlowPlan,
  credentials: Credentials,
  world: Needs,
): Promise<{ readonly cookies: CapturedCookie[]; readonly machineAhead: Seconds | undefined }> {
  const browser = new FlowBrowser(world, await networkOf({}, world), world.interrupt);
  const login = await browser.ask("POST", flow.login, { body: loginBody(flow.bodyTemplate, credentials) });
  const token = tokenIn(login, flow.gate.flow?.tokenField);
  if (login.status >= 400) {
    throw new AccessError("ERR_LOGIN_REFUSED", `the login endpoint answered ${describeFlowAnswer(login)}`, [
      `keyturn probe --flow --gate ${flow.gate.name}`,
    ]);
  }
  const mint = await browser.ask("POST", flow.mint, { token });
  const lines = mint.setCookies.reveal();
  const cookies = lines
    .flatMap((line) => parseSetCookie(line, world.clock.now(), flow.mint) ?? [])
    .filter(isSigningCookie);
  if (mint.status < 400 && cookies.length > 0) return { cookies, machineAhead: mint.machineAhead };
  throw new AccessError(
    "ERR_MINT_REFUSED",
    `the mint endpoint answered ${describeFlowAnswer(mint)} and set no signing cookies`,
    [`keyturn probe --flow --gate ${flow.gate.name}`],
  );
}

/** The characters of CloudFront's base64, ids, numbers and hash names. */
const SIGNED_VALUE = /^[\w~-]*$/;

/** Decoded, not verified: what the application claims to allow. */
function mintedSet(
  cookies: readonly CapturedCookie[],
  flow: FlowPlan,
  { url, sets, format }: MintPlan,
): MintedSet {
  const cookieNamed = (name: string) => {
    const value = cookies.find((cookie) => cookie.name === name)?.value;
    if (value === undefined || SIGNED_VALUE.test(value)) return value;
    throw new InputError(
      "ERR_POLICY_INVALID",
      `the mint endpoint set a ${name} with characters that signed cookies never contain`,
      [`keyturn probe --flow --gate ${flow.gate.name}`],
    );
  };
  const policy = cookieNamed(COOKIE_NAMES.policy);
  const expires = Number(cookieNamed(COOKIE_NAMES.expires));
  const parsed = policy === undefined ? undefined : parsePolicy(decodeBase64(policy) ?? new Uint8Array());
  if (parsed?.ok === false || (parsed === undefined && !Number.isSafeInteger(expires))) {
    throw new InputError("ERR_POLICY_INVALID", "the mint endpoint set cookies whose policy cannot be read", [
      `keyturn probe --flow --gate ${flow.gate.name}`,
    ]);
  }
  const hash = cookieNamed(COOKIE_NAMES.hashAlgorithm) === "SHA256" ? "SHA256" : "SHA1";
  const set: CookieSet = {
    kind: policy === undefined ? "canned" : "custom",
    ...(policy === undefined ? { expires } : { policy: new Sealed(policy) }),
    signature: new Sealed(cookieNamed(COOKIE_NAMES.signature) ?? ""),
    keyPairId: cookieNamed(COOKIE_NAMES.keyPairId) ?? "",
    hashAlgorithm: hash === "SHA256" ? hash : undefined,
  };
  const said = parsed?.policy;
  const stored = cookies[0]?.stored;
  return {
    set,
    request: {
      url: said ? undefined : url,
      resource: said?.resource,
      expires: said?.dateLessThan ?? expires,
      notBefore: said?.dateGreaterThan,
      ip: said?.ipAddress,
      hash,
    },
    attributes: {
      ...sets[0].attributes,
      ...(format !== "curl" && stored?.path !== undefined && { path: stored.path }),
      host: sets[0].attributes.host || hostInUrl(flow.mint),
    },
  };
}
