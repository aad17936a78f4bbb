/** What an application does wrong around signed cookies: one table, id -> the switch's title. Each id is checked in one place. */
import type { SwitchLabel } from "../switches.ts";

const MINT = "Application: mint";
const COOKIES = "Application: cookies";
const LOGOUT = "Application: logout";
const ACCESS = "Application: access";
const SIGNER = "Application: signer";

export const APPLICATION_FAULTS = {
  "mint-secret-denied": { title: "the signer may not read the secret", group: MINT },
  "mint-kms-denied": { title: "the signer may not use the secret's KMS key", group: MINT },
  "mint-bad-json": { title: "the secret is not the JSON that the signer expects", group: MINT },
  "mint-key-mismatch": { title: "the key pair ID in the secret belongs to another key", group: MINT },
  "mint-rate-limited": { title: "the anti-abuse limit refuses every mint", group: MINT },
  "mint-without-session": { title: "minting needs no session", group: MINT },
  "mint-other-host": { title: "cookies are minted for the distribution's own domain name", group: MINT },
  "cookie-not-secure": { title: "cookies lack Secure", group: COOKIES },
  "cookie-not-http-only": { title: "cookies lack HttpOnly", group: COOKIES },
  "cookie-same-site-none": { title: "cookies are SameSite=None instead of the gate's", group: COOKIES },
  "cookie-other-path": { title: "cookies have Path=/edge, so that the API never gets them", group: COOKIES },
  "cookie-no-domain": {
    title: "cookies lack Domain: other hosts of the site never get them",
    group: COOKIES,
  },
  "cookie-outlives-policy": { title: "Max-Age is far longer than the policy", group: COOKIES },
  "cookie-ttl-doubled": {
    title: "policy and cookies live twice as long as the gate declares",
    group: COOKIES,
  },
  "logout-forgets-signature": { title: "logout leaves CloudFront-Signature", group: LOGOUT },
  "logout-other-path": { title: "logout clears another Path", group: LOGOUT },
  "logout-other-domain": { title: "logout clears without Domain", group: LOGOUT },
  "origin-verification-skipped": { title: "the origin answers requests that skip the edge", group: ACCESS },
  "authorization-missing": { title: "the API does not check what a session may do", group: ACCESS },
  "signer-until-restart": { title: "signers keep their key until they are restarted", group: SIGNER },
  "signer-external-id": { title: "signers take the key pair ID from their own configuration", group: SIGNER },
} as const satisfies Readonly<Record<string, SwitchLabel>>;

export type ApplicationFaultId = keyof typeof APPLICATION_FAULTS;
