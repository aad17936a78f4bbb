/** `config init` without AWS: reads the given files, and lists what they leave open. */
import { ConflictError, UsageError } from "../errors.ts";
import type { ParameterValues } from "../iac/parameters.ts";
import { readDeclaration } from "../iac/read-declaration.ts";
import type { World } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";
import { declaredAccount } from "./declared-account.ts";
import { type DraftGate, draftGates, leftOut } from "./draft.ts";
import { readStackResources } from "./stack-resources.ts";

export interface DeclaredFlags {
  /** A path, `-`, or true for stdin. */
  readonly fromTerraform?: string | true;
  readonly fromTemplate?: string | true;
  readonly stackResources?: string;
  readonly parameter?: ParameterValues;
}

/** Throws ERR_USAGE, ERR_TEMPLATE, ERR_NOT_FOUND. */
export async function surveyFiles(
  { fromTerraform, fromTemplate, stackResources, parameter }: DeclaredFlags,
  region: string | undefined,
  files: World["files"],
): Promise<{ readonly drafts: readonly DraftGate[]; readonly left: readonly string[] }> {
  if (stackResources !== undefined && fromTemplate === undefined) {
    throw new UsageError("ERR_USAGE", "--stack-resources gives a template its IDs: name the template", [
      "keyturn config init --from-template site.yaml --stack-resources stack.json",
    ]);
  }
  const given = fromTerraform ?? fromTemplate ?? true;
  const path = given === true ? "-" : given;
  if (path === "-" && stackResources === "-")
    throw new UsageError("ERR_USAGE", "stdin cannot be both the template and its stack's resources", [
      "keyturn config init --from-template site.yaml --stack-resources stack.json",
    ]);
  const stack = stackResources === undefined ? undefined : await textOf(stackResources, files);
  const declaration = readDeclaration(await textOf(path, files), nameOf(path), parameter);
  const isTemplate = declaration.format === "cloudformation";
  if (isTemplate !== (fromTemplate !== undefined)) {
    throw new UsageError(
      "ERR_USAGE",
      `${nameOf(path)} is ${isTemplate ? "a CloudFormation template" : "Terraform's JSON"}`,
      [`keyturn config init --from-${isTemplate ? "template" : "terraform"} ${shellWord(path)}`],
    );
  }
  const declared = declaredAccount(declaration, {
    region,
    stack: stack === undefined ? undefined : readStackResources(stack, nameOf(stackResources ?? "-")),
  });
  const { account, named, unidentified, unresolved } = declared;
  const drafts = draftGates(account).map((draft) => withDoubts(named(draft), unidentified));
  if (drafts.length === 0) {
    throw new ConflictError("ERR_NOT_FOUND", `no distribution in ${nameOf(path)} trusts a key group`, [
      "keyturn runbook show first-set-up",
      "keyturn config init",
    ]);
  }
  return { drafts, left: [...leftOut(account), ...unresolved.map((each) => `left open: ${each}`)] };
}

function withDoubts(draft: DraftGate, unidentified: readonly string[]): DraftGate {
  const open = [
    ...(unidentified.length === 0
      ? []
      : [
          draft.ownership?.by === "terraform"
            ? "not applied yet: terraform show -json of the applied state has the IDs"
            : "IDs are not in a template: --stack-resources takes them from aws cloudformation describe-stack-resources --stack-name STACK",
        ]),
    ...(draft.secret?.isGuess
      ? ["the secret is a guess: it is the only one in the file, and the file does not have its content"]
      : []),
  ];
  return { ...draft, doubts: [...draft.doubts, ...open] };
}

async function textOf(path: string, files: World["files"]): Promise<string> {
  const bytes = path === "-" ? await files.stdin() : await files.read(path);
  return Buffer.from(bytes).toString("utf8");
}

const nameOf = (path: string) => (path === "-" ? "stdin" : path);
