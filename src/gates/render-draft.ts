/** A drafted keyturn.yaml as text, with a comment wherever the account leaves a question open. */
import { wrap } from "../text/layout.ts";
import { printableJson } from "../text/printable.ts";
import type { DraftGate, SecretCandidate } from "./draft.ts";

const WIDTH = 80;

/** Placeholder in a draft for a secret that was not found. */
export const UNKNOWN_SECRET = "REPLACE-ME";

export function renderDraft(drafts: readonly DraftGate[], leftOut: readonly string[] = []): string {
  const lines = [
    "# keyturn.yaml: what is protected, by which key, and how its cookies are made.",
    "# It holds no secrets, so commit it. Check it with `keyturn config check`, and",
    "# compare it with the account with `keyturn audit`.",
    "# Lines marked CHECK are guesses: the account does not show these values.",
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
      : commented(4, `account: "${gate.account}"`, "any other account is refused")),
    ...(gate.region === undefined ? [] : [`    region: ${gate.region}`]),
    `    distributions: [${gate.distributions.map(quoted).join(", ")}]`,
    `    keyGroups: [${gate.keyGroups.map(quoted).join(", ")}]`,
    ...secretLines(gate.secret),
    "    signer:",
    ...commented(6, "hash: SHA1", "CHECK: SHA1 or SHA256, as your mint endpoint signs"),
    ...commented(6, "cacheTtl: until-restart", "CHECK: 5m if it reads the secret again every 5 minutes"),
    ...(gate.secret === undefined
      ? []
      : commented(6, `keyPairId: ${gate.secret.source}`, "in-secret, derived, external")),
    "      # mintEndpoint: https://app.example.com/edge/session",
    "    cookie:",
    ...commented(6, `resource: ${quoted(gate.resource)}`, "CHECK: the Resource of your policies"),
    ...commented(6, "ttl: 15m", "CHECK: how long your cookies live"),
    ...commented(6, "maxTtl: 1h", "CHECK: the longest lifetime of any cookie; a rotation waits that long"),
    ...(gate.verificationHeader === undefined
      ? ["    # origin: { verificationHeader: X-Origin-Verify } # only its name"]
      : commented(
          4,
          `origin: { verificationHeader: ${quoted(gate.verificationHeader)} }`,
          "its name; the value is a secret",
        )),
    "    # a URL behind the signature check; the object need not exist",
    "    canaries:",
    ...Object.entries(gate.canaries).map(([id, url]) => `      ${quoted(id)}: ${quoted(url)}`),
    ...gate.distributions
      .filter((id) => gate.canaries[id] === undefined)
      .map((id) => `      # CHECK: ${id}: the URL of one of its tenants`),
    ...commented(4, "routes:", "the cache behaviors that require a signature"),
    ...gate.routes.flatMap(({ pattern, sample, layers, distributions }) => [
      `      - pattern: ${quoted(pattern)}`,
      ...commented(
        8,
        `layers: [${layers.join(", ")}]`,
        layers.length > 0
          ? "CHECK: add application if it authorizes too"
          : "CHECK: open to everyone, and before the others",
      ),
      ...(distributions === undefined
        ? []
        : [`        distributions: [${distributions.map(quoted).join(", ")}]`]),
      ...(sample === pattern
        ? []
        : commented(8, `sample: ${quoted(sample)}`, "CHECK: preferably an existing path")),
    ]),
    ...ownershipLines(gate.ownership),
    ...codeLines(gate),
  ];
}

function ownershipLines(ownership: DraftGate["ownership"]): string[] {
  return ownership === undefined
    ? commented(4, "ownership: none", "CHECK: terraform or cloudformation, if one manages the key group")
    : commented(4, `ownership: ${ownership.by}`, `CHECK: ${oneLine(ownership.sign)}; or none`);
}

/** So that a rotation can print the change for these resources. */
function codeLines({ ownership, code }: DraftGate): string[] {
  if (ownership === undefined || code === undefined) return [];
  return [
    `    ${ownership.by}:`,
    "      keyGroups:",
    ...Object.entries(code.keyGroups).map(([id, name]) => `        ${quoted(id)}: ${quoted(name)}`),
    ...(code.publicKey === undefined ? [] : [`      publicKey: ${quoted(code.publicKey)}`]),
    ...(code.cdk ? ["      cdk: true"] : []),
  ];
}

/** A comment, on as many lines as it needs. */
function wrapped(text: string, indent: string, mark: string): string[] {
  const room = WIDTH - indent.length - mark.length;
  return wrap(text.replace(/[\s\p{C}]+/gu, " "), room)
    .split("\n")
    .map((line) => `${indent}${mark}${line}`);
}

/** Text from the account: a line break in it would end the comment. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, " ").slice(0, WIDTH - 25);
}

function secretLines(secret: SecretCandidate | undefined): string[] {
  if (secret === undefined) {
    return commented(4, `secret: ${UNKNOWN_SECRET}`, "CHECK: its name or ARN; no readable secret fits");
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

/** With its comment after it, or above if the line would be too wide. */
function commented(indent: number, text: string, comment: string): string[] {
  const space = " ".repeat(indent);
  const line = `${space}${text} # ${comment}`;
  return line.length <= WIDTH ? [line] : [`${space}# ${comment}`, `${space}${text}`];
}

/** Plain if YAML reads it as that text, otherwise in double quotes, where JSON's escapes are valid. */
function quoted(text: string): string {
  return /^[A-Za-z][A-Za-z0-9_./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : printableJson(JSON.stringify(text));
}
