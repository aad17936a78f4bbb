/**
 * keyturn prints no AWS CLI command for what it can do itself. Each exception that changes something has a reason here.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { textsIn } from "./source-code.ts";

const ROOT = join(import.meta.dirname, "..");
const READS = /^(?:get|list|describe|wait|head|lookup|tail|ls|login|sso|simulate|sign)(?:-|$)/;

/** `service operation` -> why keyturn still prints it. */
const STAYS: Readonly<Record<string, string>> = {
  "cloudfront update-distribution": "keyturn writes no distribution",
  "cloudfront create-invalidation": "cached copies are not keys, groups, labels or secrets",
  "iam create-open-id-connect-provider": "roles are the account's own",
  "iam create-role": "roles are the account's own",
  "iam put-role-policy": "roles are the account's own",
  "cloudwatch enable-alarm-actions": "part of what was deployed",
  "lambda put-function-concurrency": "part of what was deployed",
  "s3api restore-object": "an archived access log or media file",
  "cloudformation deploy": "deploys the template that keyturn wrote",
  "cloudformation delete-stack": "removes it",
  "s3 cp": "uploads the template's package",
};

/** Looks in commands and in sentences for `aws` followed by a service and an operation. */
function changesIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w./-])aws ([a-z0-9]+) ([a-z]+(?:-[a-z]+)*)(?![\w-]*:)/g)]
    .filter(([, , operation = ""]) => !READS.test(operation))
    .map(([, service, operation]) => `${service} ${operation}`);
}

it("every aws command in the program or a runbook either only reads or has a listed reason", () => {
  const pages = readdirSync(join(ROOT, "runbooks"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => readFileSync(join(ROOT, "runbooks", file), "utf8"));
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => textsIn(readFileSync(join(ROOT, "src", file), "utf8"), "X"));
  const found = new Set([...pages, ...sources].flatMap(changesIn));
  expect([...found].filter((command) => !(command in STAYS)).toSorted()).toEqual([]);
  // A reason is out of date if nothing prints its command anymore.
  expect(Object.keys(STAYS).filter((command) => !found.has(command))).toEqual([]);
});
