/** For each command, a jq filter for the part of its `--json` that scripts need: the last example in its help. */

/** Words -> the arguments between them and `--json`, jq's filter, what it prints. */
type JsonExample = readonly [given: string, filter: string, purpose: string];

const EXAMPLES: Readonly<Record<string, JsonExample>> = {
  "keys generate": ["--out key.pem", ".result.fingerprint", "the fingerprint of the new key"],
  "keys upload": ["key.pub.pem", ".result.keyPairId", "the key pair ID"],
  "keys list": ["", ".result.keys[] | [.id, .name, .age] | @tsv", "id, name and age in seconds"],
  "keys match": ["key.pem", ".result.matches[].keyPairId", "the key pair IDs"],
  "keys trust": ["ID --gate app", ".result.proofs[].proven", "whether the edge accepts it"],
  "keys untrust": ["ID --gate app", ".result.proofs[].proven", "whether the edge refuses it"],
  "keys delete": ["ID", ".result.deleted", "whether it is gone"],
  "keys prune": ["--dry-run", ".result.keys[].keyPairId", "the keys that it checked"],
  "keys create-group": ["NAME ID", ".result.keyGroupId", "the key group's ID"],
  "keys delete-group": ["ID", ".result.deleted", "whether it is gone"],
  "secret set-key-id": ["--gate app", ".result.keyPairId", "the ID now in the secret"],
  "secret rewrite": ["--gate app --dry-run", ".result.changes[]", "what would change in it"],
  "secret set-current": ["VERSION --dry-run", ".result.keyPairId", "the key pair ID in that version"],
  "secret store": ["NAME --private-key k.pem", ".result.arn", "the ARN of the new secret"],
  "secret restore": ["--gate app", ".result.changed", "false if no deletion was scheduled"],
  "secret replicate": ["REGION --gate app", ".result.status", "InSync, once signers there can read it"],
  "secret cancel-rotation": ["--gate app", ".result.changed", "false if it was off already"],
  "secret release-labels": ["", ".result.released[].label", "the labels that it released"],
  "unattended template": ["-o DIR", ".result.files[].path", "the files that it wrote"],
  "unattended check": ["", ".result.gates[].looksAt", "when each gate is checked next"],
  mint: ["https://HOST/api/me", ".result.sets[0].cookies", "the cookies by name"],
  curl: ["https://HOST/api/me", ".result.exitCode", "curl's own exit code"],
  inspect: ["request.txt", ".result.verdict", "allow, deny or unknown"],
  probe: ["", '.result.requests[] | .verdict + " " + .url', "each URL with its verdict"],
  "rotate plan": ["--gate app", ".result.stages[].stage", "the stages that it would go through"],
  "rotate start": ["--yes", ".resumeAfter", "when a scheduled resume is due"],
  "rotate resume": ["", ".result.state", "waiting, halted, ready, rotated or aborted"],
  "rotate status": ["--gate app", ".result.typeNext[0]", "what to type next"],
  "rotate history": ["", ".result.rotations[].rotation", "the rotations"],
  "rotate amend": ["--dry-run", ".result.changes[].setting", "what would change in the record"],
  "rotate abort": ["--dry-run", ".result.abort.says", "what an abort would do now"],
  sandbox: ["", ".result.env | to_entries[] | .key", "the variables that it sets"],
  rehearse: ["", ".result.counts.validDenied", "must be 0"],
  triage: ["", '.result.gates[] | .verdict + " " + .gate', "one line per gate"],
  audit: ["", ".findings[] | [.severity, .id, .where] | @tsv", "one line per finding"],
  doctor: ["https://HOST/api/me", ".result.likeliest", "the id of the likeliest cause"],
  logs: ["*.gz", ".result.questions.denials.rows[].reason", "why requests were denied"],
  "logs where": ["--gate app", ".result.destinations[].place", "where the logs are"],
  matrix: ["--gate app", ".result.rows[].route", "the routes"],
  iam: ["--role rotator", ".result.policy", "the policy alone"],
  "config init": ["--out -", ".result.yaml", "the file"],
  "config check": ["", ".result.gates[].name", "the gates"],
  "config schema": ["rotate status", ".result.title", "which document it describes"],
  "runbook list": ["", ".result[].name", "the runbooks"],
  "runbook show": ["leaked-key", ".result.steps[]", "its steps"],
  "runbook run": ["NAME --step S", ".result.commands[].output", "what they printed"],
  completion: ["bash", ".result.text", "the script"],
  explain: ["MissingKey", ".result.means", "what it means"],
  help: ["topics", ".result.topics[]", "the topics"],
};

/** A whole line, with what it prints; undefined for an unknown command. */
export function jsonExample(words: string): readonly [line: string, purpose: string] | undefined {
  const example = EXAMPLES[words];
  if (example === undefined) return undefined;
  const [given, filter, purpose] = example;
  const typed = ["keyturn", words, ...(given === "" ? [] : [given]), "--json"].join(" ");
  const quoted = /^[\w.]+$/.test(filter) ? filter : `'${filter}'`;
  return [`${typed} | jq -r ${quoted}`, purpose];
}
