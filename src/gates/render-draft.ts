/** A drafted keyturn.yaml as text, with a comment wherever the account could not tell. */
import { wrap } from "../text/layout.ts";
import { printableJson } from "../text/printable.ts";
import type { DraftGate, SecretCandidate } from "./draft.ts";

const WIDTH = 80;

/** Stands in a draft for a secret that was not found. */
export const UNKNOWN_SECRET = "REPLACE-ME";

export function renderDraft(drafts: readonly DraftGate[], leftOut: readonly string[] = []): string {
  const lines = [
    "# keyturn.yaml: what is protected, by which key, and how its cookies are made.",
    "# It holds no secret; commit it. Check it with `keyturn config check`, hold it",
    "# against the account with `keyturn audit`.",
    "# What is marked CHECK is a guess: the account does not tell.",
    "gates:",
    ...drafts.flatMap(gateLines),
    ...leftOut.flatMap((each) => wrapped(each, "", "# ")),
  ];
  return `${lines.join("\n")}\n`;
}

function gateLines(gate: DraftGate): string[] {
  return [
    `  ${quoted(gate.name)}:`,
    ...gate.doubts.flatMap((doubt) => wrapped(`CHECK: ${doubt}`, "    ", "# ")),
    ...(gate.account === undefined
      ? []
      : said(4, `account: "${gate.account}"`, "any other account is refused")),
    ...(gate.region === undefined ? [] : [`    region: ${gate.region}`]),
    `    distributions: [${gate.distributions.map(quoted).join(", ")}]`,
    `    keyGroups: [${gate.keyGroups.map(quoted).join(", ")}]`,
    ...secretLines(gate.secret),
    "    signer:",
    ...said(6, "hash: SHA1", "CHECK: SHA1 or SHA256, as your mint endpoint signs"),
    ...said(6, "cacheTtl: until-restart", "CHECK: 5m where it reads the secret again every 5 minutes"),
    ...(gate.secret === undefined
      ? []
      : said(6, `keyPairId: ${gate.secret.source}`, "in-secret, derived, external")),
    "      # mintEndpoint: https://app.example.com/edge/session",
    "    cookie:",
    ...said(6, `resource: ${quoted(gate.resource)}`, "CHECK: the Resource of your policies"),
    ...said(6, "ttl: 15m", "CHECK: how long your cookies live"),
    ...said(6, "maxTtl: 1h", "CHECK: the longest life of any; a rotation waits for it"),
    ...(gate.verificationHeader === undefined
      ? ["    # origin: { verificationHeader: X-Origin-Verify } # its name alone"]
      : said(
          4,
          `origin: { verificationHeader: ${quoted(gate.verificationHeader)} }`,
          "its name; the value is a secret",
        )),
    "    # a URL behind the signature check; a missing object will do",
    "    canaries:",
    ...Object.entries(gate.canaries).map(([id, url]) => `      ${quoted(id)}: ${quoted(url)}`),
    ...gate.distributions
      .filter((id) => gate.canaries[id] === undefined)
      .map((id) => `      # CHECK: ${id}: the URL of one of its tenants`),
    ...said(4, "routes:", "the cache behaviors that ask for a signature"),
    ...gate.routes.flatMap(({ pattern, sample, layers, distributions }) => [
      `      - pattern: ${quoted(pattern)}`,
      ...said(
        8,
        `layers: [${layers.join(", ")}]`,
        layers.length > 0
          ? "CHECK: add application where it authorizes"
          : "CHECK: open to everyone, in front of the others",
      ),
      ...(distributions === undefined
        ? []
        : [`        distributions: [${distributions.map(quoted).join(", ")}]`]),
      ...(sample === pattern ? [] : said(8, `sample: ${quoted(sample)}`, "CHECK: better a path that exists")),
    ]),
    ...ownershipLines(gate.ownership),
  ];
}

function ownershipLines(seen: DraftGate["ownership"]): string[] {
  return seen === undefined
    ? said(4, "ownership: none", "CHECK: terraform or cloudformation, where one writes the key group")
    : said(4, `ownership: ${seen.by}`, `CHECK: ${oneLine(seen.sign)}; or none`);
}

/** A comment of as many lines as it needs. */
function wrapped(text: string, indent: string, mark: string): string[] {
  const room = WIDTH - indent.length - mark.length;
  return wrap(text.replace(/[\s\p{C}]+/gu, " "), room)
    .split("\n")
    .map((line) => `${indent}${mark}${line}`);
}

/** Text of the account's: a line break in it would end the comment. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, " ").slice(0, WIDTH - 25);
}

function secretLines(secret: SecretCandidate | undefined): string[] {
  if (secret === undefined) {
    return said(4, `secret: ${UNKNOWN_SECRET}`, "CHECK: its name or ARN; none that can be read fits");
  }
  const { fields } = secret;
  return [
    "    secret:",
    `      id: ${quoted(secret.id)}`,
    `      format: ${secret.format}`,
    ...(fields === undefined
      ? []
      : [
          `      fields: { privateKey: ${quoted(fields.privateKey)}, keyPairId: ${quoted(fields.keyPairId)} }`,
        ]),
  ];
}

/** With its comment behind it, or above where the line would be too wide. */
function said(indent: number, text: string, comment: string): string[] {
  const space = " ".repeat(indent);
  const line = `${space}${text} # ${comment}`;
  return line.length <= WIDTH ? [line] : [`${space}# ${comment}`, `${space}${text}`];
}

/** Plain where YAML reads it as that text, else in double quotes, which JSON's escapes fit. */
function quoted(text: string): string {
  return /^[A-Za-z][A-Za-z0-9_./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : printableJson(JSON.stringify(text));
}
