/** The GitHub workflows on the pages, as values: which command runs in which role. */
import { parse } from "yaml";
import { z } from "zod";
import type { Runbook } from "../../src/runbooks/runbook.ts";

const given = z.record(z.string(), z.union([z.string(), z.number()]).transform(String));
const Step = z
  .strictObject({
    id: z.string().optional(),
    uses: z
      .string()
      .regex(/^[\w-]+\/[\w-]+@[\w.]+$/)
      .optional(),
    run: z.string().optional(),
    env: given.optional(),
    if: z.string().optional(),
    with: given.optional(),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined))
  .readonly();

/** The parts of GitHub's syntax that the pages use; an unknown key fails. */
const Workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    schedule: z.array(z.strictObject({ cron: z.string().regex(/^(?:[\d*/]+ ){4}[\d*/]+$/) })),
    workflow_run: z
      .strictObject({ workflows: z.array(z.string()), types: z.tuple([z.literal("completed")]) })
      .optional(),
    workflow_dispatch: z.strictObject({}),
  }),
  permissions: z.strictObject({
    "id-token": z.literal("write"),
    contents: z.literal("read"),
    actions: z.literal("write").optional(),
  }),
  concurrency: z.string().optional(),
  jobs: z.record(
    z.string(),
    z.strictObject({
      "runs-on": z.literal("ubuntu-latest"),
      if: z.string().optional(),
      environment: z.string().optional(),
      steps: z.array(Step).min(1),
    }),
  ),
});
export type Workflow = z.infer<typeof Workflow>;

export function workflowsOf({ text }: Pick<Runbook, "text">): readonly Workflow[] {
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml = ""]) =>
    Workflow.parse(parse(yaml)),
  );
}

/** Each job with the IAM role that it assumes and the keyturn commands that it runs. */
export function keyturnJobs({ jobs }: Workflow) {
  return Object.values(jobs).map(({ steps }) => {
    const credentials = steps.find(({ uses }) => uses?.startsWith("aws-actions/configure-aws-credentials@"));
    const role = /:role\/gate-(\w+)$/.exec(credentials?.with?.["role-to-assume"] ?? "")?.[1];
    return { role, steps: steps.filter(({ uses }) => uses?.includes("/keyturn@")) };
  });
}
