/** What can go wrong in a login flow, each with its own id: "login works but mint fails" is not a 403 from the edge. */
import type { Finding } from "../finding.ts";
import { shellWord } from "../text/shell-word.ts";

/** GATE in a remedy stands for the gate's name: `flowFault` writes it. */
type FaultText = Pick<Finding, "message" | "remedy">;

const fault = (message: string, remedy: string): FaultText => ({ message, remedy });

export const FLOW_FAULTS = {
  "mint-without-session": fault(
    "the mint endpoint returns cookies without a session: anybody gets in",
    "make it authenticate with the application's own session, never with edge cookies",
  ),
  "mint-endpoint-behind-gate": fault(
    "the mint endpoint is behind the gate: a viewer without cookies can never get any",
    "give its path a public cache behavior ahead of the protected ones",
  ),
  "login-endpoint-behind-gate": fault(
    "the login endpoint is behind the gate: nobody without cookies can log in",
    "give its path a public cache behavior ahead of the protected ones",
  ),
  "login-fails": fault(
    "login fails, so nothing after it was tried",
    "check the credentials and signer.loginEndpoint; the signature check is not involved",
  ),
  "login-without-token": fault(
    "login succeeds but returns no session: no token where the gate declares one, or no cookie",
    "check flow.tokenField in keyturn.yaml",
  ),
  "login-works-mint-fails": fault(
    "login works, but the mint endpoint fails: most likely the signer cannot get its key",
    "check the application's log for expired credentials, denied access to the secret or its KMS key, or failed connections to AWS; `keyturn iam --role minter --gate GATE` prints the policy that its role needs",
  ),
  "login-works-mint-refused": fault(
    "login works, but the mint endpoint refuses the session",
    "check that the mint endpoint reads the session that login created. If the application's log shows AccessDenied or an expired token of AWS instead, the endpoint passes that refusal on: `keyturn iam --role minter --gate GATE` prints the policy that its role needs",
  ),
  "mint-rate-limited": fault(
    "the anti-abuse limit refuses the first mint of a fresh session",
    "raise the limit, or count by session rather than by address",
  ),
  "cookies-not-sent": fault(
    "cookies are minted, but the browser never sends them to the protected path",
    "fix Path and Domain in the mint endpoint",
  ),
  "minted-but-denied": fault("the edge denies freshly minted cookies", "keyturn probe --gate GATE"),
  "session-not-recognised": fault(
    "login works and the edge accepts the cookies, but the application does not recognize the session",
    "check that route and login share a session, and forward Cookie and Authorization to the origin",
  ),
  "minted-but-no-access": fault(
    "freshly minted cookies get no response from the application",
    "keyturn probe --gate GATE",
  ),
  "authorization-missing": fault(
    "a session can read more than it should: the application leaves authorization to the edge",
    "make the application authorize every request, since signed cookies do not identify the viewer; or log in as a user without access to flow.forbiddenPath",
  ),
  "expired-cookies-pass": fault(
    "cookies still pass after the lifetime that the gate declares",
    "compare cookie.ttl in keyturn.yaml with the policy that the mint endpoint signs",
  ),
  "remint-fails": fault(
    "after the cookies expire, a new set cannot be minted or does not pass",
    "keyturn probe --flow --gate GATE",
  ),
  "no-anti-abuse-limit": fault(
    "nothing limits how often a session mints",
    "rate-limit mints per session: answer 429 with Retry-After",
  ),
  "logout-fails": fault("logout fails", "look at the application's log"),
  "logout-forgets-a-name": fault(
    "logout leaves a signed cookie in the browser",
    "clear every name, both Expires and Policy: `keyturn mint --logout --gate GATE` prints the lines",
  ),
  "logout-clears-another-place": fault(
    "logout clears the right names with the wrong Domain or Path: the browser keeps the cookies",
    "clear with the Domain and Path they were set with: `keyturn mint --logout --gate GATE` prints the lines",
  ),
  "mint-after-logout": fault(
    "the old session still mints after logout",
    "end the session on the server at logout",
  ),
} as const satisfies Readonly<Record<string, FaultText>>;

export type FlowFault = keyof typeof FLOW_FAULTS;

export function flowFault(fault: FlowFault, gate: string): FaultText {
  const { message, remedy } = FLOW_FAULTS[fault];
  return { message, remedy: remedy?.replaceAll("GATE", shellWord(gate)) };
}

/** A 5xx shows that minting fails, but not why. */
export function basisOf(fault: FlowFault): Finding["basis"] {
  return fault === "login-works-mint-fails" ? "inferred" : "observed";
}

/** The account may simply be another gate's, so these prove nothing about minting. */
export const WITHOUT_LOGIN: ReadonlySet<string> = new Set(["login-fails", "login-without-token"]);
