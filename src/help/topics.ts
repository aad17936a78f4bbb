/** The topics of `keyturn help`. */
import { EDGE_RULES, type EdgeRule } from "../edge/rules.ts";
import { EXIT, EXIT_MEANING } from "../exit-codes.ts";
import { table, wrap } from "../text/layout.ts";
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

export const TOPICS: Readonly<Record<TopicName, Omit<Topic, "name">>> = {
  "exit-codes": {
    summary: "what the exit code says",
    text: `Every command ends with one of these:

${table(exitCodes).replace(/^/gm, "  ")}

1 is an answer, not a failure: the command ran, and a check did not hold. 8 is no failure either: a rotation waits, and --pending-ok makes it 0 for a CI job. keyturn curl hands on curl's own exit code.`,
  },

  environment: {
    summary: "environment variables that are read",
    text: `keyturn's own:

  KEYTURN_CONFIG        keyturn.yaml to use
  KEYTURN_GATE          gate to work on
  KEYTURN_CA_FILE       PEM of a CA to trust beside the usual ones (the
                        sandbox's); for keyturn curl in their place
  KEYTURN_MINT_HEADERS  a session to ask the gate's mint endpoint with, one
                        header a line: then a rotation sees which key it hands
                        out before it drops the old one
  KEYTURN_NOTIFY        as rotate --notify: a line for sh -c
  KEYTURN_NOTIFY_URL    as rotate --notify-url; a webhook's URL is a secret,
                        and here no process list shows it

Of AWS, as in its SDK: AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID and its companions, AWS_ENDPOINT_URL_CLOUDFRONT, AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE.

Of the terminal: NO_COLOR, FORCE_COLOR, TERM, LC_ALL, LC_CTYPE and LANG (signs are ASCII where they do not say UTF-8).

Of the system: XDG_STATE_HOME (the journal, ~/.local/state/keyturn otherwise), XDG_CACHE_HOME (key IDs for completion, compiled code; NODE_DISABLE_COMPILE_CACHE=1 keeps none), NODE_EXTRA_CA_CERTS, HOME, PATH.

Of GitHub Actions: GITHUB_ACTIONS and GITHUB_STEP_SUMMARY (findings become annotations, the report stands on the run's page).

Flags win over the environment, the environment over keyturn.yaml. Nothing phones home: keyturn talks to AWS, to the hosts you name, and to nobody else.`,
  },

  configuration: {
    summary: "keyturn.yaml: what a gate is",
    text: `A gate is one protected surface: the trusted key groups that share one signing key, their distributions, the secret that holds the key, the signers, the cookies and the routes. keyturn.yaml describes gates by name; it holds no secret and belongs in the repository. The smallest one:

  gates:
    app:
      distributions: [E1A2B3C4D5E6F7]
      keyGroups: [b1f9a5a0-5a3a-4f0e-9d0f-3a1f5e6c7d88]
      secret: app/signing-key
      cookie: { resource: "https://app.example.com/api/*", ttl: 15m }

It is looked for in this folder and those above it, or named with --config or KEYTURN_CONFIG.

  keyturn config init     write one by reading the account
  keyturn config check    every mistake with its place, or how it is read
  keyturn config schema   the JSON Schema, with every field explained
  keyturn audit           whether the account is as the file says

Two fields bound how long a rotation waits, so they matter most: signer.cacheTtl (how long a signer may go on with a key it has read; until-restart unless given) and cookie.maxTtl (the longest life of any cookie; cookie.ttl unless given). Too short there locks viewers out; too long only waits longer.`,
  },

  rotation: {
    summary: "how a signing key is replaced, and nobody locked out",
    text: `  1 record-opened        the plan, written into a secret beside the gate's own
  2 key-stored           a new key pair, its private half stored but not current
  3 key-uploaded         its public half in CloudFront
  4 key-trusted          every key group of the gate trusts old and new
  5 trust-proven         the edge accepts the new key, by requests with controls
  6 signer-switched      AWSCURRENT moves to the new key
  7 old-cookies-expired  wait: signer cache, longest cookie, clock skew
  8 old-untrusted        the key groups drop the old key
  9 untrust-proven       the edge denies the old key
  10 old-key-deleted     the old public key is deleted, the record finished

  keyturn rotate plan      what each stage will do to your gate, and how long
  keyturn rotate start     begin; ends with exit code 8 where it must wait
  keyturn rotate resume    go on, from any machine with access to the account
  keyturn rotate status    where it stands, whose turn it is, what next
  keyturn rotate amend     apply a changed keyturn.yaml to the open rotation
  keyturn rotate abort     back to the old key, in stages just as safe

Every write is conditional on what was read, so two operators or Terraform cannot make keyturn overwrite them. A leaked key: keyturn rotate start --compromised, which says first whom it cuts off. keyturn rehearse shows all of it on a local cloud.`,
  },

  policies: {
    summary: "what is signed: canned and custom policies",
    text: `A canned policy is a URL and an end. It is not sent along: the edge builds it again from the requested URL and CloudFront-Expires, so it fits that one URL only, and can have no wildcard, start or address.

A custom policy is sent along in CloudFront-Policy: a Resource, where * is any run of characters and ? is one, DateLessThan, and if wanted DateGreaterThan and IpAddress (IPv4). keyturn mint makes one whenever a wildcard, a start or an address is asked for.

  AWS:EpochTime is in seconds, without quotes.
  A Resource holds the scheme where the policy should hold for one only.
  DateLessThan is the only required condition.
  SHA256 needs CloudFront-Hash-Algorithm=SHA256 beside it; SHA1 otherwise.
  Base64 is CloudFront's: + = / become - _ ~.

keyturn inspect decodes, verifies and explains a given set; keyturn inspect --url URL says whether the edge would allow that request.`,
  },

  security: {
    summary: "what a gate protects, and what it does not",
    text: `Signed cookies are an edge gate, not authentication: they say that some backend let somebody in a while ago, not who is asking. Whoever holds the cookies passes until they expire; there is no revoking a single set.

  The application still authorizes every request, with its own session.
  The origin must refuse requests that did not come through the edge.
  The database is protected only indirectly, by both of these.
  A logout clears the cookies of one browser; copies live until they expire.
  Not every 403 is a logout: an expired cookie, a WAF, a geo rule and the
  application answer 403 too. keyturn doctor URL tells them apart.
  A signing key can still leak. Whoever has it mints what they like, until
  the key groups drop it: keyturn runbook show leaked-key.

keyturn itself: a private key is written to Secrets Manager or to a new file with mode 0600, and to nothing else. Keys, cookie values and signatures are in no argument, log, error, report, plan or journal; mint alone prints cookies, because it is there to. Keys are named by key pair ID and SHA-256 fingerprint.`,
  },

  "edge-rules": {
    summary: "what is undocumented, and what keyturn assumes",
    text: `CloudFront's documentation leaves questions about signed cookies and URLs open. Each has one assumed answer here, shared by inspect, doctor, probe and the sandbox. If a verdict depends on such a choice, inspect says "undocumented" and shows what the other choices would mean. DG is the CloudFront Developer Guide, by the name of its page.

${edgeRules.join("\n\n")}`,
  },

  logs: {
    summary: "access logs: what they can answer, what they cannot",
    text: `keyturn logs reads CloudFront's access logs: standard v1 (gz), standard v2 (JSON, w3c, Parquet), lines out of CloudWatch Logs, and real-time lines, whose fields you name with --fields. Files, folders, globs or - for stdin. It asks DuckDB (npm install @duckdb/node-api).

  ungated      who got in without a required credential
  denials      401 and 403 over time, by who answered and why
  old-key      which key pair IDs were used, until when, by whom
  propagation  when each edge location learned of the new key
  remints      mint requests, and clients that are denied in a loop
  who          who is denied
  request ID   one line explained; ID is the answer's x-amz-cf-id

Without a question: all of them, but request. With --gate NAME the routes, the mint endpoint, the trusted keys and the rotation's stages are known; without one, name them: --protected '/api/*', --mint, --old-key, --new-key, --public-key FILE=ID.

No log says that the signature check denied a request, or why. What tells: the length of the body names the code (146 bytes: MissingKey), and where the line holds the credential, the edge's rules judge it again: that is the reason. A signed URL is always in the line. A cookie is there only while cookie logging is on, and then every cookie is: usable credentials. Treat the bucket as a secret store, and switch cookie logging on before a rotation: in the incident it is too late.

Logs are best effort, out of order, and come up to 24 hours late: what is not there is not proven. "cannot tell" is an answer, with what would have to be switched on.

Cookies, queries and signatures never leave the engine; client addresses are short salted hashes, other ones in each run, unless --show-clients. Copies are made in a private folder that is removed at the end.`,
  },
};
