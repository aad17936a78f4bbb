/** Every command there is: the words typed, one line for the overview, and the file that is loaded when it is chosen. */
import type { CommandEntry } from "./command-entry.ts";
import { KEY_COMMANDS } from "./key-commands.ts";

/** What a group of commands is about, for the overview; in the order of the overview. */
export const GROUPS: Readonly<Record<string, string>> = {
  keys: "signing key pairs and public keys",
  secret: "the key pair ID in a gate's secret",
  rotate: "replace the signing key of a gate, in stages, without locking a valid viewer out",
  config: "keyturn.yaml: write it, check it, its JSON Schema",
  runbook: "one operation per page, indexed by symptom",
};

export const COMMANDS: readonly CommandEntry[] = [
  ...KEY_COMMANDS,
  {
    words: "mint",
    summary: "signed cookies or a signed URL, in the form that reads them",
    examples: [
      [
        'curl -H "$(keyturn mint https://HOST/api/me --gate app)" https://HOST/api/me',
        "one URL, the gate's key",
      ],
      ["keyturn mint --resource 'https://HOST/*' --private-key k.pem --key-pair-id KID", "any path"],
    ],
    load: async () => (await import("../commands/mint.ts")).mintCommand,
  },
  {
    words: "curl",
    summary: "curl with freshly minted cookies that appear in no argument",
    examples: [
      ["keyturn curl https://HOST/api/me --gate NAME -- -i", "what follows -- is curl's own"],
      ["keyturn curl https://HOST/api/me --bad expired -- -i", "see it refused"],
    ],
    load: async () => (await import("../commands/curl.ts")).curlCommand,
  },
  {
    words: "inspect",
    summary: "would this request pass, and if not, why not",
    examples: [
      ["keyturn inspect request.txt", "a Cookie header, curl command, HAR, jar, ... from a file"],
      ["pbpaste | keyturn inspect --gate app", "what the browser copied, held against the account"],
      ["keyturn inspect cookies.json --public-key key.pub.pem --url https://HOST/api/x", "offline"],
    ],
    load: async () => (await import("../commands/inspect.ts")).inspectCommand,
  },
  {
    words: "probe",
    summary: "prove with real requests that the edge denies what it must, and say who denied",
    examples: [
      ["keyturn probe --gate app", "every route of the gate, all cases"],
      ["keyturn probe https://HOST/api/me --private-key key.pem --key-pair-id KID", "one URL, without AWS"],
      ["keyturn probe --flow --credentials test-account.txt", "log in, mint, get in, log out"],
      ["keyturn probe --watch 30s", "during a deploy or a rotation: when does an answer change?"],
    ],
    load: async () => (await import("../commands/probe.ts")).probeCommand,
  },
  {
    words: "rotate plan",
    summary: "what a rotation would do, stage by stage; changes nothing",
    examples: [["keyturn rotate plan --gate NAME -o plan.json", "pin it for `rotate start plan.json`"]],
    load: async () => (await import("../commands/rotate/plan.ts")).planCommand,
  },
  {
    words: "rotate start",
    summary: "open a rotation and take it as far as it can go now",
    examples: [
      [
        "keyturn rotate start --gate NAME --ticket OPS-123 --wait",
        "the whole rotation, staying until it is over",
      ],
      ["keyturn rotate start plan.json --yes --pending-ok", "from CI; a scheduled resume goes on"],
    ],
    load: async () => (await import("../commands/rotate/start.ts")).startCommand,
  },
  {
    words: "rotate resume",
    summary: "go on with an open rotation, whoever opened it",
    examples: [["keyturn rotate resume --gate NAME --wait", "AWS access is all it needs"]],
    load: async () => (await import("../commands/rotate/resume.ts")).resumeCommand,
  },
  {
    words: "rotate status",
    summary: "where it stands, until when, whose turn, what to type",
    examples: [["keyturn rotate status --all", "every gate of this account and region"]],
    load: async () => (await import("../commands/rotate/status.ts")).statusCommand,
  },
  {
    words: "rotate amend",
    summary: "bring a changed keyturn.yaml into the open rotation",
    examples: [
      ["keyturn rotate amend --gate NAME --dry-run", "what keyturn.yaml would change in the record"],
      [
        "keyturn rotate amend --gate NAME --canary E2EXAMPLE=https://HOST/PATH",
        "the canary's host was replaced",
      ],
    ],
    load: async () => (await import("../commands/rotate/amend.ts")).amendCommand,
  },
  {
    words: "rotate abort",
    summary: "give an open rotation up without cutting anybody off",
    examples: [["keyturn rotate abort --gate NAME --dry-run", "what it would mean now"]],
    load: async () => (await import("../commands/rotate/abort.ts")).abortCommand,
  },
  {
    words: "sandbox",
    summary: "a local cloud with an edge, an application and a gate, to try everything on",
    examples: [
      ["keyturn sandbox", "free ports; prints what to type in another shell"],
      ["keyturn sandbox --port-api 4566 --propagation 30s", "a slower edge"],
    ],
    load: async () => (await import("../commands/sandbox.ts")).sandboxCommand,
  },
  {
    words: "rehearse",
    summary: "a whole rotation in the sandbox under live traffic, and the counts that must be zero",
    examples: [
      ["keyturn rehearse", "needs nothing: no AWS, no configuration, half a minute"],
      [
        "keyturn rehearse --propagation 15s --settle 1s",
        "one that does not wait long enough: see who is locked out",
      ],
    ],
    load: async () => (await import("../commands/rehearse.ts")).rehearseCommand,
  },
  {
    words: "triage",
    summary: "every gate on one screen: its verdict, who is affected, what to type next",
    examples: [
      ["keyturn triage", "needs no argument; exit 1 when a gate is not healthy"],
      ["keyturn triage --report md=triage.md", "and a page for the incident channel"],
      ["keyturn triage --json | jq -r '.result.gates[] | .verdict + \" \" + .gate'", "for a script"],
    ],
    load: async () => (await import("../commands/triage.ts")).triageCommand,
  },
  {
    words: "audit",
    summary: "is each gate wired as declared: routes, keys, secret, replicas, forwarding, logs",
    examples: [
      ["keyturn audit --gate app", "one gate; exit 1 on a warning or an error"],
      ["keyturn audit --all --report md=audit.md", "every gate and every distribution, as a page"],
      ["keyturn audit --all --inventory", "which key is used where, how old it is, what the quotas leave"],
    ],
    load: async () => (await import("../commands/audit.ts")).auditCommand,
  },
  {
    words: "doctor",
    summary: "one URL, one cause: from host to secret, what the edge answers, what mends it",
    examples: [
      ["keyturn doctor https://HOST/api/me", "is anything wrong there, for anybody"],
      [
        "pbpaste | keyturn doctor https://HOST/api/me -",
        "why was the request that the browser copied refused",
      ],
    ],
    load: async () => (await import("../commands/doctor.ts")).doctorCommand,
  },
  {
    words: "logs",
    summary: "what the access logs say: denials by cause, old key in use, remint loops, open gates",
    examples: [
      ["keyturn logs *.gz", "all that these lines can answer"],
      ["keyturn logs denials logs/ --gate app", "by who answered and why, with the account's keys"],
      ["keyturn logs old-key *.gz --old-key K2JCJMDEHXQW5F", "who still uses it, until when"],
      ["keyturn logs ungated *.gz --protected '/api/*'", "who got in without a credential"],
      ["keyturn logs request 'x-amz-cf-id' *.gz", "one request, explained"],
    ],
    load: async () => (await import("../commands/logs.ts")).logsCommand,
  },
  {
    words: "matrix",
    summary: "who enforces what: each route by its layers, declared beside observed",
    examples: [
      ["keyturn matrix --gate app > docs/enforcement.md", "from the settings alone"],
      ["keyturn matrix --gate app --probe --json", "with what real requests show"],
    ],
    load: async () => (await import("../commands/matrix.ts")).matrixCommand,
  },
  {
    words: "iam",
    summary: "the least-privilege IAM policy of a role",
    examples: [
      ["keyturn iam --role rotator --gate app > rotator.json", "for who rotates"],
      ["keyturn iam --role minter --gate app --kms-key ARN", "the secret has a KMS key of its own"],
      ["keyturn iam --role minter --kms-key ARN --kms-key ARN-OF-REPLICA", "and so has its replica"],
    ],
    load: async () => (await import("../commands/iam.ts")).iamCommand,
  },
  {
    words: "config init",
    summary: "write a commented keyturn.yaml by reading an account",
    examples: [
      ["keyturn config init", "every gate that the account's distributions show"],
      ["keyturn config init --secret app/signing-key --out -", "with a secret you name, to stdout"],
    ],
    load: async () => (await import("../commands/config/init.ts")).initCommand,
  },
  {
    words: "config check",
    summary: "all mistakes in keyturn.yaml, or how it is understood",
    examples: [["keyturn config check --config ops/keyturn.yaml", "exit 1 when there is a mistake"]],
    load: async () => (await import("../commands/config/check.ts")).checkCommand,
  },
  {
    words: "config schema",
    summary: "the JSON Schema of keyturn.yaml, or of a command's --json",
    examples: [
      ["keyturn config schema > keyturn.schema.json", "for an editor"],
      ["keyturn config schema rotate status", "what --json of that command holds"],
    ],
    load: async () => (await import("../commands/config/schema.ts")).schemaCommand,
  },
  {
    words: "completion",
    summary: "Tab in bash, zsh and fish",
    examples: [
      ['eval "$(keyturn completion bash)"', "in ~/.bashrc; zsh likewise, in ~/.zshrc after compinit"],
      ["keyturn completion fish | source", "in ~/.config/fish/config.fish"],
    ],
    load: async () => (await import("../commands/completion.ts")).completionOf(COMMANDS),
  },
  {
    words: "runbook list",
    summary: "every runbook, by the symptoms that lead to it",
    examples: [["keyturn runbook list", "which page is for what you see"]],
    load: async () => (await import("../commands/runbook/list.ts")).listCommand,
  },
  {
    words: "runbook show",
    summary: "a runbook with the values of your gate",
    examples: [["keyturn runbook show everyone-gets-403 --gate app", "commands to copy as they stand"]],
    load: async () => (await import("../commands/runbook/show.ts")).showCommand,
  },
  {
    words: "runbook run",
    summary: "run the commands of one step, each confirmed, and keep a transcript",
    examples: [
      ["keyturn runbook run resume-a-rotation --step status --gate app", "asks before each command"],
      ["keyturn runbook run resume-a-rotation --step status --yes --transcript t.txt", "in a CI job"],
    ],
    load: async () => (await import("../commands/runbook/run.ts")).runCommand,
  },
  {
    words: "explain",
    summary: "any id that keyturn prints: what it means, what it is not, what fixes it",
    examples: [
      ["keyturn explain key-not-trusted", "a finding; halts, stages and edge codes too"],
      ["keyturn explain MissingKey --json | jq -r .result.fix", "for a script"],
    ],
    load: async () => (await import("../commands/explain.ts")).explainCommand,
  },
  {
    words: "help",
    summary: "a topic or an error code explained",
    examples: [
      ["keyturn help security", "what a gate protects, and what it does not"],
      ["keyturn help ERR_QUOTA", "what an error means, and what mends it"],
    ],
    load: async () => (await import("../commands/help.ts")).helpCommand,
  },
];
