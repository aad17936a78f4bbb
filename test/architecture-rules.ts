/** Who may import whom, as dependency-cruiser rules. Type imports count too. */
import type { ICruiseOptions, IForbiddenRuleType } from "dependency-cruiser";

/** In layer order: a folder may import the folders of earlier rows and of its own row. */
const LAYERS: readonly (readonly string[])[] = [
  ["policy"],
  ["keys"],
  ["iac"],
  ["gates"],
  ["capture"],
  ["browser"],
  ["mint"],
  ["edge"],
  ["inspect"],
  ["probe"],
  ["rotation"],
  ["audit", "logs", "unattended"],
];
const DOMAIN = `^src/(${LAYERS.flat().join("|")})/`;
/** The foundation, which everything may import. */
const FOUNDATION =
  "^src/(answer-dates|errors|exit-codes|finding|is-record|sealed|time)[.]ts$|^src/(cloudfront|seams|text)/";
/** Node modules without side effects. */
const PURE_BUILTINS = "^(node:)?(crypto|util|net|path|buffer|events|url|zlib)$";
/** The files that may use the rest of Node: disk, network, processes. */
const REACH =
  "^src/adapters/|^src/(main|lambda)[.]ts$|^src/sandbox/(listen|folder)[.]ts$|^src/sandbox/state/|" +
  "^src/sandbox/proxy/(edge-proxy|exchange|forward-request|origin-client|proxy-folder|stream-response-body|wait-for-backend)[.]ts$";

/**
 * The only files that may import a package, each with its reason in CONTRIBUTING.md. A door that is never used fails
 * the test.
 */
export const DOORS: Readonly<Record<string, readonly string[]>> = {
  commander: [
    "^src/program[.]ts$",
    "^src/cli/",
    "^src/commands/",
    "^src/completion/(candidates|offers)[.]ts$",
  ],
  chalk: ["^src/report/colours[.]ts$"],
  yaml: ["^src/gates/yaml[.]ts$", "^src/iac/template-text[.]ts$"],
  "jsonc-parser": ["^src/keys/wrapping/json-strings[.]ts$"],
  zod: [
    "^src/gates/(schema|mistakes)[.]ts$",
    "^src/rotation/(settings-shape|record-schema|schema-fault|plan-file)[.]ts$",
    "^src/report/schemas/",
    "^src/iac/",
  ],
  "@aws-sdk/client-cloudfront": ["^src/adapters/aws/"],
  "@aws-sdk/client-secrets-manager": ["^src/adapters/aws/"],
  "@aws-sdk/client-sts": ["^src/adapters/aws/(cloud|client-settings|assumed-role)[.]ts$"],
  // One client each, in its own chunk, loaded only by the part of `keyturn logs` that needs it.
  "@aws-sdk/client-cloudwatch-logs": ["^src/adapters/aws/log-(deliveries|groups)[.]ts$"],
  "@aws-sdk/client-s3": ["^src/adapters/aws/log-bucket[.]ts$"],
  "@aws-sdk/client-athena": ["^src/adapters/aws/log-warehouse[.]ts$"],
  // The same for `keyturn unattended check`.
  "@aws-sdk/client-sfn": ["^src/adapters/aws/engine-machines[.]ts$"],
  "@aws-sdk/client-lambda": ["^src/adapters/aws/engine-function[.]ts$"],
  "@aws-sdk/client-scheduler": ["^src/adapters/aws/engine-schedules[.]ts$"],
  "@aws-sdk/client-cloudwatch": ["^src/adapters/aws/engine-alarms[.]ts$"],
  "@aws-sdk/client-sns": ["^src/adapters/aws/engine-topic[.]ts$"],
  "@aws-sdk/cloudfront-signer": ["^src/mint/mint[.]ts$"],
  // Optional, with native code: loaded by the one command that needs it.
  "@duckdb/node-api": ["^src/adapters/logs/duckdb[.]ts$"],
  "d3-scale": ["^src/pictures/scales[.]ts$"],
  "d3-shape": ["^src/pictures/shapes[.]ts$"],
  fflate: ["^src/unattended/package[.]ts$"],
  "node-forge": ["^src/sandbox/certificate[.]ts$"],
  "fast-xml-parser": ["^src/sandbox/cloudfront/xml[.]ts$"],
  tldts: ["^src/browser/public-suffix[.]ts$"],
  "tough-cookie": ["^src/browser/sent-cookies[.]ts$"],
};

/** A rule about which file imports which, the only kind used here. */
type Rule = Extract<IForbiddenRuleType, { to: { circular?: boolean } }>;

const rule = (name: string, from: Rule["from"], to: Rule["to"]): IForbiddenRuleType => ({
  name,
  severity: "error",
  from,
  to,
});

const layers = LAYERS.flatMap((row, at) =>
  row.map((folder) => {
    const below = LAYERS.slice(0, at + 1).flat();
    return rule(
      `${folder} imports the foundation and the layers below it`,
      { path: `^src/${folder}/` },
      { path: "^src/", pathNot: [FOUNDATION, `^src/(${below.join("|")})/`] },
    );
  }),
);
const packageFolder = (name: string) => `(^|/)node_modules/(@types/)?${name}(/|$)|^${name}(/|$)`;
const doors = Object.entries(DOORS).map(([name, paths]) =>
  rule(`${name} has its door`, { path: "^src/", pathNot: [...paths] }, { path: packageFolder(name) }),
);

const RULES: readonly IForbiddenRuleType[] = [
  ...layers,
  ...doors,
  rule(
    "every package has a door",
    { path: "^src/" },
    { pathNot: ["^src/", ...Object.keys(DOORS).map(packageFolder)], dependencyTypesNot: ["core"] },
  ),
  rule("no cycles", {}, { circular: true }),
  rule("every import leads to a file", { path: "^src/" }, { path: "^[.]", couldNotResolve: true }),
  rule(
    "the foundation stands alone",
    { path: FOUNDATION },
    // The signature of a seam names the key pair type.
    { path: "^src/", pathNot: [FOUNDATION, "^src/keys/key-pair[.]ts$"] },
  ),
  rule(
    "pictures import only the foundation",
    { path: "^src/pictures/" },
    { path: "^src/", pathNot: [FOUNDATION, "^src/pictures/"] },
  ),
  rule(
    "the domain has no side effects",
    { path: DOMAIN },
    { dependencyTypes: ["core"], pathNot: PURE_BUILTINS },
  ),
  rule(
    "only adapters and the sandbox's servers reach the machine",
    { path: "^src/", pathNot: REACH },
    { dependencyTypes: ["core"], pathNot: PURE_BUILTINS },
  ),
  rule(
    "only main.ts and lambda.ts build adapters",
    { path: "^src/", pathNot: "^src/((main|lambda)[.]ts$|adapters/)" },
    { path: "^src/adapters/" },
  ),
  rule(
    "nobody but the command table imports commands",
    { path: "^src/", pathNot: "^src/(lambda[.]ts$|cli/(command-table|key-commands)[.]ts$|commands/)" },
    { path: "^src/commands/" },
  ),
];

export const OPTIONS: ICruiseOptions = {
  doNotFollow: { path: "node_modules" },
  // TypeScript 7 has no parser API that dependency-cruiser could use.
  parser: "swc",
  ruleSet: { forbidden: [...RULES] },
  validate: true,
};
