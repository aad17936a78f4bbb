/** What can go wrong in a login flow, each told apart from its neighbours: "login works but mint fails" is no 403 of the edge. */
import type { Finding } from "../finding.ts";

type Told = Pick<Finding, "message" | "remedy">;

const told = (message: string, remedy: string): Told => ({ message, remedy });

export const FLOW_FAULTS = {
  "mint-without-session": told(
    "the mint endpoint hands out cookies without a session: whoever asks gets in",
    "let it authenticate by the application's own session, never by cookies of the edge",
  ),
  "mint-endpoint-behind-gate": told(
    "the mint endpoint is behind the gate: who has no cookies yet can never get any",
    "give its path a public cache behavior in front of the protected ones",
  ),
  "login-endpoint-behind-gate": told(
    "the login endpoint is behind the gate: nobody without cookies can log in",
    "give its path a public cache behavior in front of the protected ones",
  ),
  "login-fails": told(
    "login fails: nothing behind it was tried",
    "check the credentials and signer.loginEndpoint; the signature check has no part in this",
  ),
  "login-without-token": told(
    "login succeeds, but its answer has no session: no token where the gate says, or else no cookie",
    "check flow.tokenField in keyturn.yaml",
  ),
  "login-works-mint-fails": told(
    "login works, but the mint endpoint fails: the signer cannot get its key",
    "look at the application's log: the secret's permissions, its KMS key, its JSON, its key pair ID",
  ),
  "login-works-mint-refused": told(
    "login works, but the mint endpoint refuses the session",
    "does the mint endpoint read the session that login made? check its authentication",
  ),
  "mint-rate-limited": told(
    "the anti-abuse limit refuses the first mint of a fresh session",
    "raise the limit, or count by session rather than by address",
  ),
  "cookies-not-sent": told(
    "the cookies are minted, and the browser never sends them to the protected path",
    "mend Path and Domain in the mint endpoint",
  ),
  "minted-but-denied": told("the edge denies freshly minted cookies", "keyturn audit"),
  "session-not-recognised": told(
    "login works and the edge lets its cookies by, but the application does not know the session",
    "do the route and the login share one session? forward Cookie and Authorization to the origin",
  ),
  "minted-but-no-access": told(
    "freshly minted cookies do not lead to an answer of the application",
    "keyturn probe",
  ),
  "authorization-missing": told(
    "a session gets what it may not have: the application leaves authorization to the edge",
    "let the application authorize every request: signed cookies say nothing about who asks; or log in as a user who may not have flow.forbiddenPath",
  ),
  "expired-cookies-pass": told(
    "cookies still pass after the end that the gate declares",
    "compare cookie.ttl in keyturn.yaml with the policy that the mint endpoint signs",
  ),
  "remint-fails": told(
    "after the cookies' end a new set cannot be had or does not pass",
    "keyturn probe --flow",
  ),
  "no-anti-abuse-limit": told(
    "nothing stops a session from minting without end",
    "limit mints by session: answer 429 with Retry-After",
  ),
  "logout-fails": told("logout fails", "look at the application's log"),
  "logout-forgets-a-name": told(
    "logout leaves a signed cookie in the browser",
    "clear every name, Expires beside Policy: keyturn mint --logout writes the lines",
  ),
  "logout-clears-another-place": told(
    "logout clears the right names for another Domain or Path: the browser keeps the cookies",
    "clear with the Domain and Path that they were set with: keyturn mint --logout writes the lines",
  ),
  "mint-after-logout": told(
    "the old session still mints after logout",
    "end the session on the server at logout",
  ),
} as const satisfies Readonly<Record<string, Told>>;

export type FlowFault = keyof typeof FLOW_FAULTS;
