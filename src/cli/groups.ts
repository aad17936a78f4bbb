/** The command groups, whose first word a command shares with others. */

/** One line per command group, in the order of the overview. */
export const GROUPS: Readonly<Record<string, string>> = {
  keys: "signing key pairs and public keys",
  secret: "a gate's secret: its key pair ID, versions, labels, replicas",
  rotate: "replace a gate's signing key in stages, without locking out valid viewers",
  unattended: "unattended rotations on Step Functions and Lambda",
  config: "keyturn.yaml: write it, check it, print its JSON Schema",
  runbook: "one operation per page, indexed by symptom",
};
