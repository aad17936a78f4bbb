/** The topics of `keyturn help`. */
import { globalOptions } from "../cli/global-options.ts";
import { EDGE_RULES, type EdgeRule } from "../edge/rules.ts";
import { EXIT, EXIT_MEANING } from "../exit-codes.ts";
import { table, wrap } from "../text/layout.ts";
import { allIds, type ExplainedKind, explainId } from "./explain.ts";
import type { Topic, TopicName } from "./topic.ts";

const exitCodes = Object.entries(EXIT).map(([name, number]) => [
  String(number),
  EXIT_MEANING[name as keyof typeof EXIT],
]);

const edgeRules = Object.entries<EdgeRule>(EDGE_RULES).map(
  ([name, { asks, default: assumed, choices, doubt }]) =>
    [
      `  ${name}`,
      wrap(asks, 80, 4),
      ...Object.entries(choices).map(([choice, means]) =>
        wrap(`${choice === assumed ? "assumed" : "or"}: ${means}`, 80, 4, 6),
      ),
      wrap(`known: ${doubt}`, 80, 4, 6),
    ].join("\n"),
);

const KINDS: Readonly<Record<ExplainedKind, string>> = {
  finding: "Findings of probe, doctor, inspect, audit, logs, triage and the others:",
  halt: "Why a rotation halts:",
  stage: "Stages of a rotation, and the steps of an abort:",
  "edge-code": "What the edge answers:",
  error: "Error codes:",
  "undocumented-rule": "Rules that AWS leaves undocumented:",
};

const ids = Object.entries(KINDS).map(([kind, title]) => {
  const names = allIds().filter((id) => explainId(id)?.kind === kind);
  const ordered = kind === "stage" ? names : names.toSorted();
  return `${title}\n\n${wrap(ordered.join(" "), 80, 2)}`;
});

/** Terms in one column, their text wrapped beside them within 80. */
function described(rows: readonly (readonly [term: string, text: string])[]): string {
  const width = Math.max(...rows.map(([term]) => term.length)) + 4;
  return rows.map(([term, text]) => `  ${term}`.padEnd(width) + wrap(text, 80, width).trimStart()).join("\n");
}

export const TOPICS: Readonly<Record<TopicName, Omit<Topic, "name">>> = {
  options: {
    summary: "the options that every command takes",
    text: `Every command takes these, before or after its own words and options:

${described(globalOptions().map(({ flags, description }) => [flags, description]))}

With --json a command prints one document on stdout, errors too: schemaVersion, command, outcome, result and findings. Scripts pick what they need with jq; the examples in each command's help end with such a line. \`keyturn config schema COMMAND\` prints the JSON Schema of its document.`,
  },

  "exit-codes": {
    summary: "what each exit code means",
    text: `Every command exits with one of these:

${table(exitCodes).replace(/^/gm, "  ")}

1 is a result, not a failure: the command ran, and a check did not pass. 8 is not a failure either: a rotation is waiting, and --pending-ok makes it 0 for a CI job. keyturn curl exits with curl's own exit code.`,
  },

  environment: {
    summary: "environment variables that keyturn reads",
    text: `keyturn's own:

  KEYTURN_CONFIG        keyturn.yaml to use
  KEYTURN_GATE          gate to work on
  KEYTURN_PAGER         shows a result that is longer than the screen, on a
                        terminal only; else PAGER, else less; cat: none
  KEYTURN_CA_FILE       PEM of a CA to trust besides the usual ones (the
                        sandbox's); keyturn curl trusts only this one
  KEYTURN_CREDENTIALS_FILE
                        a test account: user name and password on two lines;
                        triage, audit and probe --flow log in and mint with it
  KEYTURN_MINT_HEADERS  headers of a session for the gate's mint endpoint, one
                        per line; with them a rotation checks which key the
                        endpoint uses before it drops the old one
  KEYTURN_DEPLOYMENT    name of the unattended rotations' deployment, for
                        unattended check, rotate status and triage; default
                        keyturn
  KEYTURN_NOTIFY        like rotate --notify: a line for sh -c
  KEYTURN_NOTIFY_URL    like rotate --notify-url; a webhook's URL is a secret,
                        and process lists do not show variables

AWS, as in the AWS SDKs: AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID and its companions, AWS_ENDPOINT_URL_CLOUDFRONT, AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL_SFN and so on, AWS_ENDPOINT_URL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE.

Terminal: NO_COLOR, FORCE_COLOR, LC_ALL, LC_CTYPE and LANG (symbols are ASCII unless these say UTF-8), TERM (dumb: no colors, no pager, nothing is overwritten), and LESS.

System: XDG_STATE_HOME (the journal; default ~/.local/state/keyturn), XDG_CACHE_HOME (key IDs for completion, compiled code; NODE_DISABLE_COMPILE_CACHE=1 turns that off), NODE_EXTRA_CA_CERTS, HOME, PATH.

GitHub Actions: GITHUB_ACTIONS and GITHUB_STEP_SUMMARY (findings become annotations, and the report appears on the run's summary page).

Flags win over the environment, the environment over keyturn.yaml. Nothing phones home: keyturn talks to AWS, to the hosts you name, and to nobody else.`,
  },

  configuration: {
    summary: "keyturn.yaml: what a gate is",
    text: `A gate is everything around one signing key: the trusted key groups that share it, their distributions, the secret that holds the key, the signers, the cookies and the routes. keyturn.yaml describes gates by name; it holds no secret and belongs in the repository. The smallest one:

  gates:
    app:
      distributions: [E1A2B3C4D5E6F7]
      keyGroups: [b1f9a5a0-5a3a-4f0e-9d0f-3a1f5e6c7d88]
      secret: app/signing-key
      cookie: { resource: "https://app.example.com/api/*", ttl: 15m }

keyturn looks for it in this folder and its parents, unless --config or KEYTURN_CONFIG names one.

  keyturn config init     write one by reading the account
  keyturn config check    every mistake with its line, or how it is read
  keyturn config schema   the JSON Schema, with every field explained
  keyturn audit           whether the account matches the file

Two fields decide how long a rotation waits, so they matter most: signer.cacheTtl (how long a signer may keep using a key it has read; default until-restart) and cookie.maxTtl (the longest lifetime of any cookie; default cookie.ttl). A value that is too short locks viewers out; one that is too long only makes rotations slower.`,
  },

  rotation: {
    summary: "how a signing key is replaced without locking anyone out",
    text: `  1 record-opened        the plan is stored in a secret next to the gate's own
  2 key-stored           a new key pair; its private half is not current yet
  3 key-uploaded         its public half is in CloudFront
  4 key-trusted          every key group of the gate trusts old and new
  5 trust-proven         the edge accepts the new key, proven by real requests
  6 signer-switched      AWSCURRENT moves to the new key
  7 old-cookies-expired  wait for signer caches, the longest cookie, clock skew
  8 old-untrusted        the key groups drop the old key
  9 untrust-proven       the edge denies the old key
  10 old-key-deleted     the old public key is deleted, the record closed

  keyturn rotate plan      what each stage will do to your gate, and how long
  keyturn rotate start     start; exits with 8 when it has to wait
  keyturn rotate resume    continue, from any machine with access to the account
  keyturn rotate status    the current stage, who has to act, what to type next
  keyturn rotate amend     apply a changed keyturn.yaml to the open rotation
  keyturn rotate abort     go back to the old key, in stages just as safe

Every write is conditional on what was read, so keyturn never overwrites another operator's or Terraform's changes. For a leaked key: keyturn rotate start --compromised, which first shows whom it cuts off. keyturn rehearse demonstrates all of it in a local cloud.`,
  },

  policies: {
    summary: "what is signed: canned and custom policies",
    text: `A canned policy is a URL and an expiry time. It is not sent: the edge rebuilds it from the requested URL and CloudFront-Expires, so it covers only that URL, and cannot have a wildcard, a start time or an address.

A custom policy is sent in CloudFront-Policy: a Resource, in which * matches any run of characters and ? any single one, DateLessThan, and optionally DateGreaterThan and IpAddress (IPv4). keyturn mint uses one whenever you give a wildcard, a start time or an address.

  AWS:EpochTime is in seconds, without quotes.
  Put the scheme into Resource to limit the policy to it.
  DateLessThan is the only required condition.
  SHA256 needs CloudFront-Hash-Algorithm=SHA256; without it, SHA1.
  CloudFront's base64 replaces + = / with - _ ~.

keyturn inspect decodes, verifies and explains a given set; keyturn inspect --url URL tells you whether the edge would allow that request.`,
  },

  security: {
    summary: "what a gate protects, and what it does not",
    text: `Signed cookies are an edge gate, not authentication: they show that some backend let someone in a while ago, not who is asking. Anyone with the cookies passes until they expire; a single set cannot be revoked.

  The application still authorizes every request, with its own session.
  The origin must refuse requests that did not come through the edge.
  The database is protected only indirectly, by both of these.
  A logout clears the cookies of one browser; copies work until they expire.
  Not every 403 is a logout: an expired cookie, a WAF, a geo rule and the
  application answer 403 too. keyturn doctor URL tells them apart.
  A signing key can still leak. Anyone who has it can mint cookies until
  the key groups drop it: keyturn runbook show leaked-key.

keyturn itself: a private key is written only to Secrets Manager or to a new file with mode 0600. Keys, cookie values and signatures never appear in an argument, log, error, report, plan or journal; only mint prints cookies, because that is its purpose. Keys are identified by key pair ID and SHA-256 fingerprint.`,
  },

  "edge-rules": {
    summary: "what AWS leaves undocumented, and what keyturn assumes",
    text: `CloudFront's documentation leaves questions about signed cookies and URLs open. Here each has one assumed answer, the same in inspect, doctor, probe and the sandbox. If a verdict depends on such an assumption, inspect says "undocumented" and shows the verdict under the alternatives. DG is the CloudFront Developer Guide, followed by the page's name.

${edgeRules.join("\n\n")}`,
  },

  logs: {
    summary: "access logs: what they can and cannot answer",
    text: `keyturn logs reads CloudFront's access logs: standard v1 (gz), standard v2 (JSON, w3c, Parquet), lines from CloudWatch Logs, and real-time logs, whose fields you name with --fields. It takes files, folders, globs or - for stdin, and needs DuckDB (npm install @duckdb/node-api).

With --since, --from or --rotation instead of files, it fetches a gate's logs of that time from S3; "keyturn logs where" shows what is logged and where. --engine athena queries them in place: "keyturn logs --ddl" prints the table for it, and what queries on it cost. v1 keeps all its objects in one folder: keyturn opens only those of the requested hours, but your own queries read them all.

  ungated      who got in without a required credential
  denials      401 and 403 over time, by who answered and why
  old-key      which key pair IDs were used, until when, by whom
  propagation  when the new key reached each edge location
  remints      mint requests, and clients denied in a loop
  who          who is denied
  request ID   one request explained; ID is its x-amz-cf-id

Without a question, it answers all of them except request. --gate NAME supplies the routes, the mint endpoint, the trusted keys and the rotation's stages; without it, give them: --protected '/api/*', --mint, --old-key, --new-key, --public-key FILE=ID.

Access logs do not record that the signature check denied a request, or why. It can be inferred: the length of the body gives the code (146 bytes: MissingKey), and if the line contains the credential, keyturn checks it again by the edge's rules to find the reason. A signed URL is always in the line. A cookie is there only while cookie logging is on, and then every cookie is logged, so the log contains usable credentials. Treat the bucket as a secret store, and turn cookie logging on before a rotation: during an incident it is too late.

Logs are best effort, out of order, and up to 24 hours late: a missing line proves nothing. If the answer is "cannot tell", it says what to turn on.

Cookies, queries and signatures never leave the engine; client addresses are shown as short salted hashes that differ in each run, unless you pass --show-clients. Temporary copies go into a private folder that is removed at the end.`,
  },

  ids: {
    summary: "every id that keyturn prints",
    text: `Each of these has a page: what it means, how to tell it from similar ones, what fixes it, and its runbook. \`keyturn explain ID\` shows it.

${ids.join("\n\n")}`,
  },
};
