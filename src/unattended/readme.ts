/** The README of a deployment's folder: how to deploy, watch, take over and remove it. Pure. */
import type { Gate } from "../gates/gate.ts";
import { formatDuration } from "../time.ts";
import type { Deployment } from "./deployment.ts";
import type { Format } from "./format.ts";

export function readmeOf(
  { name, schedules, alarms }: Deployment,
  gates: readonly Gate[],
  format: Format,
  packageFile: string,
): string {
  const [gate] = gates as readonly [Gate, ...Gate[]];
  const every = formatDuration(schedules[0]?.input.every ?? 0);
  const when = schedules[0]?.expression ?? "";
  const lines = LINES[format](name, packageFile);
  const roles = gates.flatMap(({ assumeRole, name: of }) =>
    assumeRole === undefined
      ? []
      : [
          `keyturn iam --role rotator --gate ${of}`,
          `keyturn iam --role rotator --gate ${of} --trusts FUNCTION-ROLE-ARN`,
        ],
  );
  return `# keyturn unattended: ${name}

Rotates the signing key of ${gates.map((each) => `gate ${each.name}`).join(", ")} unattended, with EventBridge
Scheduler, Step Functions and Lambda. A rotation starts when a key is ${every} old (checked at \`${when}\`). Every hour, an
open rotation is continued, whoever started it. Emergencies (\`--compromised\`, \`--cut-now\`) never start here.

The state stays in the gate's record in Secrets Manager, so you can take over with the command line at any moment, from
any machine. Nothing has to be stopped first. Nothing in this folder is secret.

## Deploy

\`\`\`sh
${lines.deploy.join("\n")}
\`\`\`

Confirm the subscription with the link in the email that arrives.
${
  roles.length === 0
    ? ""
    : `
A gate with \`assumeRole\` needs that role in its account, with this policy and this trust policy:

\`\`\`sh
${roles.join("\n")}
\`\`\`
`
}
## Watch

\`\`\`sh
keyturn rotate status --gate ${gate.name}
${lines.see}
\`\`\`

## Take over

\`\`\`sh
keyturn rotate resume --gate ${gate.name} --wait
keyturn rotate abort --gate ${gate.name}
\`\`\`

## Remove

An open rotation stays as it is; continue it with \`keyturn rotate resume\`.

\`\`\`sh
${lines.remove.join("\n")}
\`\`\`

## Files

| file | what |
| --- | --- |
| \`${format === "cfn" ? "template.json" : "main.tf.json"}\` | everything that is deployed: ${schedules.length} schedules, a state machine, a function, a topic, roles, two log groups, ${alarms.length} alarms |
| \`state-machine.asl.json\` | the state machine${format === "cfn" ? ", as it stands in the template" : ""} |
| \`${packageFile}\` | the function's package: \`index.js\` and \`keyturn.yaml\` |
| \`.keyturn-unattended.json\` | what keyturn wrote, so that running it again replaces none of your own files |

To change something, change keyturn.yaml, run \`keyturn unattended template\` again with the same folder, and deploy again.
`;
}

const LINES: Readonly<
  Record<
    Format,
    (name: string, file: string) => { deploy: readonly string[]; see: string; remove: readonly string[] }
  >
> = {
  cfn: (name, file) => ({
    deploy: [
      `aws s3 cp ${file} "s3://$BUCKET/keyturn/${file}"`,
      `aws cloudformation deploy --stack-name ${name} --template-file template.json --capabilities CAPABILITY_IAM --parameter-overrides "CodeBucket=$BUCKET" "Email=$EMAIL"`,
    ],
    see: `aws stepfunctions list-executions --state-machine-arn "$(aws cloudformation describe-stacks --stack-name ${name} --query "Stacks[0].Outputs[?OutputKey=='StateMachineArn'].OutputValue" --output text)"`,
    remove: [`aws cloudformation delete-stack --stack-name ${name}`],
  }),
  terraform: () => ({
    deploy: ["terraform init", 'terraform apply -var "email=$EMAIL"'],
    see: 'aws stepfunctions list-executions --state-machine-arn "$(terraform output -raw state_machine_arn)"',
    remove: ["terraform destroy"],
  }),
};
