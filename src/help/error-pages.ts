/** A page for every error code: what it means, and what to do about it. `keyturn help CODE` prints it. */
import type { ErrorClass, ErrorCode } from "../errors.ts";

export interface ErrorPage {
  readonly errorClass: ErrorClass;
  /** What happened in general; the error message has the details. */
  readonly means: string;
  /** What to do, most useful first. */
  readonly fix: string;
}

export const ERROR_PAGES: Readonly<Record<ErrorCode, ErrorPage>> = {
  ERR_USAGE: {
    errorClass: "usage",
    means:
      "The command line is invalid: an unknown word or flag, a missing argument, or flags that cannot be combined.",
    fix: "Run the same command with --help, which starts with examples.",
  },
  ERR_GATE: {
    errorClass: "usage",
    means: "keyturn.yaml has several gates and none was named, or none has that name.",
    fix: "Name one with --gate or KEYTURN_GATE; the start of the name is enough if it is unique.",
  },
  ERR_DURATION: {
    errorClass: "usage",
    means:
      "A duration has no unit, or an unknown one. A bare number is refused, because its unit would be a guess.",
    fix: "Write 90s, 15m, 8h, 2d or 1h30m.",
  },
  ERR_INSTANT: {
    errorClass: "usage",
    means: "A time is neither RFC 3339 with an offset nor epoch seconds.",
    fix: "Write 2026-11-22T10:00:00Z, or the seconds since 1970.",
  },
  ERR_EPOCH_MILLISECONDS: {
    errorClass: "usage",
    means:
      "A time has thirteen digits or more, so it is in milliseconds. AWS:EpochTime is in seconds; CloudFront answers milliseconds with MalformedPolicy.",
    fix: "Divide by 1000.",
  },
  ERR_FILE_UNREADABLE: {
    errorClass: "input",
    means: "A file cannot be read or written, or the --ca file contains no certificate.",
    fix: "Check the path and its permissions with ls -l, and a certificate with openssl x509 -noout -subject -in FILE.",
  },
  ERR_FILE_EXISTS: {
    errorClass: "input",
    means:
      "The output file already exists. keyturn never overwrites a file and never writes through a symlink.",
    fix: "Choose another name, or move the file away first.",
  },
  ERR_PROGRAM: {
    errorClass: "input",
    means: "Another program that keyturn needs for this command, such as curl, cannot be started.",
    fix: "Install it, or put its folder on PATH.",
  },
  ERR_RUNBOOK: {
    errorClass: "input",
    means:
      "There is no runbook or step with that name, or a step needs a shell. Steps run command by command, never through a shell.",
    fix: "`keyturn runbook list` shows the runbooks; `keyturn runbook show NAME` shows the steps.",
  },
  ERR_KEY_UNREADABLE: {
    errorClass: "input",
    means:
      "The input is not a readable key. PKCS#8, PKCS#1, SEC1 and SPKI work, as PEM or DER, also with escaped line breaks. The input is not shown, because it may be a private key.",
    fix: "Look at the first line of the file; `openssl pkey -in FILE -noout -text_pub` identifies it and shows only the public half. To convert OpenSSH's own format: ssh-keygen -p -m PKCS8 -f FILE.",
  },
  ERR_KEY_KIND: {
    errorClass: "input",
    means:
      "CloudFront does not accept keys of this type or size. Trusted key groups accept only RSA 2048 and ECDSA P-256.",
    fix: "keyturn keys generate --out signing-key.pem",
  },
  ERR_CAPTURE_UNREADABLE: {
    errorClass: "input",
    means:
      "inspect does not recognize the input. It reads: a Cookie or Set-Cookie header, a curl command, a command of ffmpeg, yt-dlp, mpv, VLC, streamlink or aria2c, a fetch call with its cookies (for Node.js), a map of headers in code (ExoPlayer, AVPlayer), an HTTP request, a HAR file, a cookie jar, a browser's cookie table, document.cookie, cookies as JSON, a browser's storage state, an event of Lambda@Edge, CloudFront Functions or API Gateway, a line of an access log, CloudFront-... variables, a signed URL, or a policy alone.",
    fix: 'In the browser choose "Copy as cURL" (developer tools, Network, the request), or copy the Cookie header alone.',
  },
  ERR_PASSPHRASE: {
    errorClass: "input",
    means: "The private key is encrypted, and the passphrase is missing or wrong.",
    fix: "Add --passphrase-file FILE. A passphrase is never taken from the command line, where others could see it.",
  },
  ERR_KEY_MISMATCH: {
    errorClass: "input",
    means:
      "A private key and a key pair ID do not match: CloudFront has a different public key under that ID. Cookies signed with them would be denied.",
    fix: "`keyturn keys match FILE` finds the public key that belongs to the private one.",
  },
  ERR_SIGNING: {
    errorClass: "input",
    means: "The private key was read but cannot sign.",
    fix: "`keyturn keys match FILE` identifies it; `keyturn keys generate` creates one that can.",
  },
  ERR_POLICY_UNSAFE: {
    errorClass: "input",
    means:
      "A value contains a quote, a backslash or a control character. CloudFront does not decode policies, so keyturn refuses such a value instead of silently escaping it.",
    fix: "Percent-encode the character in the URL.",
  },
  ERR_POLICY_INVALID: {
    errorClass: "input",
    means:
      "The policy breaks a CloudFront rule: a field is missing or unknown, or a value has the wrong form.",
    fix: "`keyturn help policies` lists the rules; `keyturn inspect` explains a given policy.",
  },
  ERR_CONFIG: {
    errorClass: "input",
    means:
      "keyturn.yaml is missing, has a mistake, or contains a secret. The error gives the line and column of a mistake.",
    fix: "`keyturn config check` lists all mistakes; `keyturn config init` writes a file by reading the account.",
  },
  ERR_SECRET_FORMAT: {
    errorClass: "input",
    means:
      "The secret's value is not in the format that the gate declares, or in one that a rotation cannot preserve. The value itself is not shown. A rotation preserves these formats, even nested: a PEM (PKCS#8, PKCS#1 or SEC1), alone or within other text, with real line breaks or \\n, | or blanks instead; PEM or DER in base64; JSON with the key in a member at any depth, including JSON in a string; a JWK; .env lines, YAML, TOML and properties. It cannot preserve duplicate members, lines of uneven width and encrypted keys.",
    fix: "Correct secret.format and secret.fields of the gate in keyturn.yaml (json: a member, cdn.key for a nested one; pem: the only key in the text, or settings by name). If keyturn can read the value but not write it back, `keyturn secret rewrite` gives it a form that it can. For a value that it cannot read, the simplest format is: jq -n --rawfile privateKey key.pem --arg keyPairId ID '$ARGS.named'.",
  },
  ERR_LOGIN_FILE: {
    errorClass: "input",
    means: "The credentials for `probe --flow` contain no user name and password.",
    fix: "Write each on its own line, or both as JSON with `username` and `password`; give the file mode 0600.",
  },
  ERR_PLAN_FILE: {
    errorClass: "input",
    means: "This version of keyturn did not write the plan file, or the file was edited.",
    fix: "keyturn rotate plan -o plan.json",
  },
  ERR_TEMPLATE: {
    errorClass: "input",
    means:
      "A file given as infrastructure as code is neither a CloudFormation, SAM or CDK template nor the JSON of terraform show, or a CloudFront resource in it does not have the shape that its type says.",
    fix: "Give the output of cdk synth, a template file, or the output of terraform show -json (of the state, or of a plan file).",
  },
  ERR_LOG_ENGINE: {
    errorClass: "input",
    means:
      "Reading access logs needs DuckDB, an optional package of about 70 MB. It is not installed, or not for this system, or it ran out of memory or disk space.",
    fix: "`npm install @duckdb/node-api`, with -g if keyturn was installed with -g. With npx, and instead of the standalone program, which cannot load native code: `npx -p keyturn -p @duckdb/node-api keyturn logs`. If npm leaves optional packages out, its native part is missing: --include=optional. If it ran out of memory: --memory 2GB, or a shorter period (--from, --to). If it ran out of space: set TMPDIR, the folder it works in.",
  },
  ERR_LOG_UNREADABLE: {
    errorClass: "input",
    means:
      "None of the named files is a CloudFront access log: standard v1 (gz), v2 (JSON, w3c, Parquet), lines from CloudWatch Logs, or real-time lines.",
    fix: "Real-time and plain lines contain no field names: give them with --fields, in the order of the configuration (aws cloudfront get-realtime-log-config).",
  },
  ERR_KEY_EXPOSED: {
    errorClass: "access",
    means: "Other users can read the private key's file.",
    fix: "`chmod 600 FILE`. If the machine has other users, treat the key as leaked: `keyturn runbook show leaked-key`.",
  },
  ERR_CREDENTIALS: {
    errorClass: "access",
    means:
      "There are no AWS credentials, they have expired, or AWS does not recognize them. keyturn uses the default credential chain, as the AWS CLI does.",
    fix: "`aws sso login`, or --profile NAME. To see keyturn work without AWS: `keyturn rehearse`.",
  },
  ERR_REGION: {
    errorClass: "access",
    means:
      "Secrets Manager is regional, and neither a flag, the environment, the profile nor the gate sets a region.",
    fix: "Add --region, or set region in the gate.",
  },
  ERR_ACCOUNT: {
    errorClass: "access",
    means: "The credentials are not for the gate's account. Nothing was changed.",
    fix: "Add --profile NAME with a profile of the gate's account.",
  },
  ERR_ACCESS_DENIED: {
    errorClass: "access",
    means: "The credentials lack a permission; the error names the action.",
    fix: "`keyturn iam --role rotator --gate NAME` prints exactly the policy that is needed.",
  },
  ERR_LOGIN_REFUSED: {
    errorClass: "access",
    means: "The application's login endpoint refused the user of the login file.",
    fix: "Check the login file and the gate's flow.loginBody; `keyturn probe --flow` shows the whole flow.",
  },
  ERR_MINT_REFUSED: {
    errorClass: "access",
    means: "The application's mint endpoint refused a logged-in user, or answered without signing cookies.",
    fix: "`keyturn probe --flow` shows the whole flow and who refused what.",
  },
  ERR_PRECONDITION: {
    errorClass: "conflict",
    means:
      "Something changed between read and write, so the write was refused: someone else, or infrastructure as code, was faster. Nothing was overwritten.",
    fix: "Run the command again: it reads the new state.",
  },
  ERR_EXISTS: {
    errorClass: "conflict",
    means: "The name, caller reference or token is already in use.",
    fix: "Choose another name; `keyturn keys list` shows the existing ones.",
  },
  ERR_IN_USE: {
    errorClass: "conflict",
    means:
      "A key group, a version of a gate's secret, or an open rotation uses the key. Deleting it would lock viewers out, or make going back impossible.",
    fix: "`keyturn rotate start` replaces a key without locking anyone out; `keyturn keys list` shows who uses what.",
  },
  ERR_NOT_FOUND: {
    errorClass: "conflict",
    means: "A key, key group, distribution or secret does not exist in this account and region.",
    fix: "Check --profile and --region; `keyturn keys list` and `keyturn audit --inventory` show what exists.",
  },
  ERR_QUOTA: {
    errorClass: "conflict",
    means:
      "A quota is reached. CloudFront: by default 10 public keys and 10 key groups per account, 5 keys per group. Secrets Manager: 100 versions per secret, none removed within 24 hours. A rotation writes its record at most 20 times a day and reserves 20 more for an abort and an emergency, so something else is filling the secret that the error names.",
    fix: "For keys: `keyturn keys prune --dry-run` lists those that nothing uses. AWS can raise the key group quotas, but not the public key quota. For versions: stop what writes the secret (CloudTrail: PutSecretValue, UpdateSecret), list them with aws secretsmanager list-secret-version-ids --secret-id NAME --include-deprecated, and run `keyturn rotate resume` once the oldest are a day old.",
  },
  ERR_REFUSED: {
    errorClass: "conflict",
    means: "AWS refused the request; the error gives the reason.",
    fix: "Fix the problem it describes, then run the command again.",
  },
  ERR_UNREACHABLE: {
    errorClass: "remote",
    means:
      "There was no response: no connection, an untrusted certificate, or a timeout. A write in progress may or may not have happened; every keyturn command can be repeated safely.",
    fix: "Check the network and --endpoint-url; with the sandbox, export KEYTURN_CA_FILE as it prints.",
  },
  ERR_THROTTLED: {
    errorClass: "remote",
    means: "AWS still throttled the requests after several retries.",
    fix: "Wait a minute and run the command again.",
  },
  ERR_REMOTE: {
    errorClass: "remote",
    means: "The server failed, even after retries. A write in progress may or may not have happened.",
    fix: "Run the command again: it reads the current state and continues from there.",
  },
  ERR_CONFIRMATION: {
    errorClass: "halt",
    means:
      "The change was not confirmed, or there is no terminal to confirm it on and --yes is missing. Nothing was changed.",
    fix: "Add --dry-run to see the change, --yes to make it.",
  },
  ERR_HALTED: {
    errorClass: "halt",
    means:
      "A safety rule stopped the command before it could lock viewers out; the error names the rule and the next step.",
    fix: "`keyturn rotate status` shows the state of the gate and what to type next.",
  },
  ERR_CLOCKS_DISAGREE: {
    errorClass: "halt",
    means:
      "A rotation trusts the Date headers of AWS and the edge, never this machine's clock. Two responses contradict each other by more than rotation.skew, the record's timestamp is later than AWS's current time, or the responses have no Date. A wait measured this way could end early, so nothing is switched or removed.",
    fix: "The error names both sources. Most often something in between responds instead of AWS or the edge: a proxy, a mock, an endpoint URL, a canary behind another CDN. Compare with date -u and curl -sI, correct it, then `keyturn rotate resume`: both keys stay trusted in the meantime.",
  },
  ERR_INTERNAL: {
    errorClass: "internal",
    means: "A bug in keyturn. Completed steps stay done; every command can be repeated.",
    fix: "Run it again with --verbose and report the output. It contains no secrets.",
  },
  ERR_INTERRUPTED: {
    errorClass: "interrupted",
    means:
      "A signal ended the command. No new call was started after it, and a write in progress had up to five seconds to finish. A second signal exits at once.",
    fix: "Run the command again; continue a rotation with `keyturn rotate resume`.",
  },
};
