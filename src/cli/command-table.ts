/** Every command: its words, its line in the overview, and the file to load for it. */
import type { CommandEntry } from "./command-entry.ts";
import { KEY_COMMANDS } from "./key-commands.ts";

export const COMMANDS: readonly CommandEntry[] = [
  ...KEY_COMMANDS,
  {
    words: "mint",
    summary: "signed cookies or a signed URL, in the format you need",
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
    summary: "run curl with freshly minted cookies, kept out of its arguments",
    examples: [
      ["keyturn curl https://HOST/api/me --gate NAME -- -i", "everything after -- goes to curl"],
      ["keyturn curl https://HOST/api/me --bad expired -- -i", "see the edge deny it"],
    ],
    load: async () => (await import("../commands/curl.ts")).curlCommand,
  },
  {
    words: "inspect",
    summary: "would this request pass, and if not, why not",
    examples: [
      ["keyturn inspect request.txt", "a Cookie header, curl command, HAR, jar, ... from a file"],
      [
        "pbpaste | keyturn inspect --gate app",
        "a request copied from the browser, checked against the account",
      ],
      ["keyturn inspect cookies.json --public-key key.pub.pem --url https://HOST/api/x", "offline"],
    ],
    load: async () => (await import("../commands/inspect.ts")).inspectCommand,
  },
  {
    words: "probe",
    summary: "prove with real requests that the edge denies what it must, and show who denied it",
    examples: [
      ["keyturn probe --gate app", "every route of the gate, all cases"],
      ["keyturn probe https://HOST/api/me --private-key key.pem --key-pair-id KID", "one URL, without AWS"],
      ["keyturn probe --flow --credentials test-account.txt", "log in, mint, get in, log out"],
      ["keyturn probe --watch 30s", "during a deploy or a rotation: see when an answer changes"],
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
    summary: "start a rotation and take it as far as it can go now",
    examples: [
      [
        "keyturn rotate start --gate NAME --ticket OPS-123 --wait",
        "the whole rotation; waits until it is finished",
      ],
      ["keyturn rotate start plan.json --yes --pending-ok", "from CI; a scheduled resume continues it"],
    ],
    load: async () => (await import("../commands/rotate/start.ts")).startCommand,
  },
  {
    words: "rotate resume",
    summary: "continue an open rotation, whoever started it",
    examples: [["keyturn rotate resume --gate NAME --wait", "needs only AWS access"]],
    load: async () => (await import("../commands/rotate/resume.ts")).resumeCommand,
  },
  {
    words: "rotate status",
    summary: "where it stands, how long it waits, who has to act, what to run next",
    examples: [["keyturn rotate status --all", "every gate of this account and region"]],
    load: async () => (await import("../commands/rotate/status.ts")).statusCommand,
  },
  {
    words: "rotate history",
    summary: "past rotations: when, by whom, how long they took, how they ended",
    examples: [
      ["keyturn rotate history --gate NAME", "newest first, from the versions of the record"],
      ["keyturn rotate history --all", "every gate"],
    ],
    load: async () => (await import("../commands/rotate/history.ts")).historyCommand,
  },
  {
    words: "rotate amend",
    summary: "apply a changed keyturn.yaml to the open rotation",
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
    summary: "give up an open rotation without cutting anyone off",
    examples: [["keyturn rotate abort --gate NAME --dry-run", "what an abort would do now"]],
    load: async () => (await import("../commands/rotate/abort.ts")).abortCommand,
  },
  {
    words: "sandbox",
    summary: "a local cloud with an edge, an application and a gate, for trying things out",
    examples: [
      ["keyturn sandbox", "picks free ports, prints what to type in another shell"],
      ["keyturn sandbox --port-api 4566 --propagation 30s", "a slower edge"],
      [
        "keyturn sandbox --origin http://127.0.0.1:3000 --protect '/api/*,/media/*'",
        "the edge in front of your own application",
      ],
      [
        "keyturn sandbox --origin http://127.0.0.1:3000 --from-template site.yaml",
        "behaviors as a template declares them; --own-key adds a key for development",
      ],
      [
        'keyturn sandbox --origin http://127.0.0.1:3000 --run "npm test"',
        "for CI: one command behind the edge; ends with its exit code",
      ],
    ],
    load: async () => (await import("../commands/sandbox.ts")).sandboxCommand,
  },
  {
    words: "rehearse",
    summary: "a whole rotation in the sandbox under live traffic, with counts that must be zero",
    examples: [
      ["keyturn rehearse", "no AWS, no configuration; takes half a minute"],
      [
        "keyturn rehearse --propagation 15s --settle 1s",
        "a rotation that waits too little: see who gets locked out",
      ],
    ],
    load: async () => (await import("../commands/rehearse.ts")).rehearseCommand,
  },
  {
    words: "triage",
    summary: "every gate on one screen: its verdict, who is affected, what to type next",
    examples: [
      ["keyturn triage", "needs no argument; exit 1 when a gate is not healthy"],
      ["keyturn triage --report html=triage.html", "and a page for the incident channel"],
    ],
    load: async () => (await import("../commands/triage.ts")).triageCommand,
  },
  {
    words: "audit",
    summary: "is each gate wired as declared: routes, keys, secret, replicas, forwarding, logs",
    examples: [
      ["keyturn audit --gate app", "one gate; exit 1 on a warning or an error"],
      ["keyturn audit --all --report md=audit.md", "every gate and every distribution, as a page"],
      ["keyturn audit --all --inventory", "where each key is used, how old it is, how much quota is left"],
    ],
    load: async () => (await import("../commands/audit.ts")).auditCommand,
  },
  {
    words: "doctor",
    summary: "one URL, one cause: from host to secret, what the edge answers, how to fix it",
    examples: [
      ["keyturn doctor https://HOST/api/me", "is anything wrong with this URL"],
      [
        "pbpaste | keyturn doctor https://HOST/api/me -",
        "why was this request, copied from the browser, denied",
      ],
    ],
    load: async () => (await import("../commands/doctor.ts")).doctorCommand,
  },
  {
    words: "logs",
    summary: "what the access logs show: denials by cause, old key in use, remint loops, open gates",
    examples: [
      ["keyturn logs *.gz", "every question that these logs can answer"],
      ["keyturn logs denials logs/ --gate app", "by who denied and why, using the account's keys"],
      ["keyturn logs old-key *.gz --old-key K2JCJMDEHXQW5F", "who still uses it, and until when"],
      ["keyturn logs ungated *.gz --protected '/api/*'", "who got in without a credential"],
      ["keyturn logs request 'x-amz-cf-id' *.gz", "one request, explained"],
    ],
    load: async () => (await import("../commands/logs.ts")).logsCommand,
  },
  {
    words: "logs where",
    summary: "what a gate logs, to where, since when, with or without cookies",
    examples: [["keyturn logs where --gate app", "also how late the logs arrive, and how to read them"]],
    load: async () => (await import("../commands/logs/where.ts")).logsWhereCommand,
  },
  {
    words: "matrix",
    summary: "who enforces what: the layers of each route, declared and observed",
    examples: [
      ["keyturn matrix --gate app > docs/enforcement.md", "from the settings alone"],
      ["keyturn matrix --gate app --probe --json", "with the results of real requests"],
    ],
    load: async () => (await import("../commands/matrix.ts")).matrixCommand,
  },
  {
    words: "iam",
    summary: "the least-privilege IAM policy of a role",
    examples: [
      ["keyturn iam --role rotator --gate app > rotator.json", "for the role that rotates keys"],
      ["keyturn iam --role minter --gate app --kms-key ARN", "the secret has its own KMS key"],
      ["keyturn iam --role minter --kms-key ARN --kms-key ARN-OF-REPLICA", "its replica has another"],
    ],
    load: async () => (await import("../commands/iam.ts")).iamCommand,
  },
  {
    words: "unattended template",
    summary: "a folder that deploys rotations to Step Functions and Lambda",
    examples: [
      ["keyturn unattended template -o unattended", "CloudFormation, for every gate of keyturn.yaml"],
      ["keyturn unattended template --gate app --format terraform -o unattended", "one gate"],
    ],
    load: async () => (await import("../commands/unattended/template.ts")).templateCommand,
  },
  {
    words: "unattended check",
    summary: "what is deployed and what it does: outdated, stopped, failed, in alarm",
    examples: [["keyturn unattended check --every 30d", "and whether keys are rotated at that age"]],
    load: async () => (await import("../commands/unattended/check.ts")).checkCommand,
  },
  {
    words: "config init",
    summary: "write a commented keyturn.yaml by reading an account",
    examples: [
      ["keyturn config init", "every gate found in the account's distributions"],
      ["keyturn config init --secret app/signing-key --out -", "with a secret that you name, to stdout"],
      ["terraform show -json | keyturn config init --from-terraform", "from Terraform's state, without AWS"],
      ["keyturn config init --from-template cdk.out/Site.template.json", "from a template, without AWS"],
    ],
    load: async () => (await import("../commands/config/init.ts")).initCommand,
  },
  {
    words: "config check",
    summary: "every mistake in keyturn.yaml, or how it is read",
    examples: [["keyturn config check --config ops/keyturn.yaml", "exit 1 on any mistake"]],
    load: async () => (await import("../commands/config/check.ts")).checkCommand,
  },
  {
    words: "config schema",
    summary: "the JSON Schema of keyturn.yaml, or of a command's --json",
    examples: [
      ["keyturn config schema > keyturn.schema.json", "for an editor"],
      ["keyturn config schema rotate status", "the shape of that command's --json"],
    ],
    load: async () => (await import("../commands/config/schema.ts")).schemaCommand,
  },
  {
    words: "completion",
    summary: "tab completion for bash, zsh, fish and PowerShell",
    examples: [
      ['eval "$(keyturn completion bash)"', "in ~/.bashrc; zsh likewise, in ~/.zshrc after compinit"],
      ["keyturn completion fish | source", "in ~/.config/fish/config.fish"],
      ["keyturn completion powershell | Out-String | Invoke-Expression", "in $PROFILE"],
    ],
    load: async () => (await import("../commands/completion.ts")).completionOf(COMMANDS),
  },
  {
    words: "runbook list",
    summary: "every runbook, by symptom",
    examples: [["keyturn runbook list", "find the page for what you see"]],
    load: async () => (await import("../commands/runbook/list.ts")).listCommand,
  },
  {
    words: "runbook show",
    summary: "a runbook filled in with your gate's values",
    examples: [["keyturn runbook show everyone-gets-403 --gate app", "commands ready to copy"]],
    load: async () => (await import("../commands/runbook/show.ts")).showCommand,
  },
  {
    words: "runbook run",
    summary: "run the commands of one step, confirm each, and keep a transcript",
    examples: [
      ["keyturn runbook run resume-a-rotation --step status --gate app", "asks before each command"],
      ["keyturn runbook run resume-a-rotation --step status --yes --transcript t.txt", "in a CI job"],
    ],
    load: async () => (await import("../commands/runbook/run.ts")).runCommand,
  },
  {
    words: "explain",
    summary: "any id that keyturn prints: what it means, what it is confused with, how to fix it",
    examples: [
      ["keyturn explain key-not-trusted", "a finding; halts, stages and edge codes too"],
      ["keyturn explain MissingKey", "what the edge answers"],
    ],
    load: async () => (await import("../commands/explain.ts")).explainCommand,
  },
  {
    words: "help",
    summary: "explain a topic or an error code",
    examples: [
      ["keyturn help security", "what a gate protects, and what it does not"],
      ["keyturn help ERR_QUOTA", "what an error means, and how to fix it"],
    ],
    load: async () => (await import("../commands/help.ts")).helpCommand,
  },
];
