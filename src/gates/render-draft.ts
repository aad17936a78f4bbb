/** A drafted keyturn.yaml as text, with a comment wherever the account could not tell. */
import type { DraftGate, SecretSeen } from "./draft.ts";

export function renderDraft(drafts: readonly DraftGate[]): string {
  const lines = [
    "# keyturn.yaml: what is protected, by which key, and how its cookies are made. It holds no secret; commit it.",
    "# Check it with `keyturn config check`, hold it against the account with `keyturn audit`.",
    "# Lines marked CHECK are guesses: the account does not tell.",
    "gates:",
    ...drafts.flatMap(gateLines),
  ];
  return `${lines.join("\n")}\n`;
}

function gateLines(gate: DraftGate): string[] {
  return [
    `  ${quoted(gate.name)}:`,
    ...(gate.account === undefined ? [] : [`    account: "${gate.account}" # any other account is refused`]),
    ...(gate.region === undefined ? [] : [`    region: ${gate.region}`]),
    `    distributions: [${gate.distributions.map(quoted).join(", ")}]`,
    `    keyGroups: [${gate.keyGroups.map(quoted).join(", ")}]`,
    ...secretLines(gate.secret),
    "    signer:",
    "      hash: SHA1 # CHECK: SHA1 or SHA256, as your mint endpoint signs",
    "      cacheTtl: until-restart # CHECK: 5m where the signer reads the secret again; a rotation waits for it",
    ...(gate.secret === undefined
      ? []
      : [`      keyPairId: ${gate.secret.source} # in-secret, derived, external`]),
    "      # mintEndpoint: https://app.example.com/edge/session",
    "    cookie:",
    `      resource: ${quoted(gate.resource)} # CHECK: the Resource of your policies`,
    "      ttl: 15m # CHECK: how long your cookies live",
    "      maxTtl: 1h # CHECK: the longest life of any; a rotation waits for it, so rather too long than too short",
    ...(gate.verificationHeader === undefined
      ? ["    # origin: { verificationHeader: X-Origin-Verify } # its name; the value is a secret"]
      : [
          `    origin: { verificationHeader: ${quoted(gate.verificationHeader)} } # its name; the value is a secret`,
        ]),
    "    canaries: # a URL behind the signature check, per distribution; a missing object will do",
    ...Object.entries(gate.canaries).map(([id, url]) => `      ${quoted(id)}: ${quoted(url)}`),
    "    routes: # the cache behaviors that ask for a signature",
    ...gate.routes.flatMap(({ pattern, sample, layers }) => [
      `      - pattern: ${quoted(pattern)}`,
      `        layers: [${layers.join(", ")}] # CHECK: add application where it authorizes too`,
      ...(sample === pattern ? [] : [`        sample: ${quoted(sample)} # CHECK: better a path that exists`]),
    ]),
    "    ownership: none # CHECK: terraform or cloudformation, where one of them writes the key group",
  ];
}

function secretLines(secret: SecretSeen | undefined): string[] {
  if (secret === undefined) {
    return ["    secret: REPLACE-ME # CHECK: no readable secret holds a key of these groups; name or ARN"];
  }
  const fields = secret.fields;
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

/** Plain where YAML reads it as that text, else in double quotes, which JSON's escapes fit. */
function quoted(text: string): string {
  return /^[A-Za-z][A-Za-z0-9_./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
