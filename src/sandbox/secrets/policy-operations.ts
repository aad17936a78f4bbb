/** Resource policies: stored and returned, never enforced. The sandbox has one caller, who may do everything. */
import { flag, shape, textOfLength } from "./input.ts";
import { type Json, named, operation, SecretIdInput, type SecretsOperations } from "./operation.ts";
import { refuseSecrets } from "./refusal.ts";
import { checkName, type Registry } from "./registry.ts";

const ResourcePolicy = textOfLength(1, 20_480);

export const POLICY_OPERATIONS: SecretsOperations = {
  GetResourcePolicy: operation(shape({ SecretId: SecretIdInput }, {}), (input, { registry, region }) => {
    const { arn, secret } = registry.find(region, input.SecretId);
    return { ...named({ arn, name: secret.name }), ResourcePolicy: secret.policy };
  }),

  PutResourcePolicy: operation(
    shape({ SecretId: SecretIdInput, ResourcePolicy }, { BlockPublicPolicy: flag }),
    (input, { registry, region }) => {
      checkPolicy(input.ResourcePolicy);
      return change(registry, region, input.SecretId, input.ResourcePolicy);
    },
  ),

  DeleteResourcePolicy: operation(shape({ SecretId: SecretIdInput }, {}), (input, { registry, region }) =>
    change(registry, region, input.SecretId, undefined),
  ),

  ValidateResourcePolicy: operation(shape({ ResourcePolicy }, { SecretId: SecretIdInput }), (input) => {
    if (input.SecretId !== undefined && !input.SecretId.startsWith("arn:")) checkName(input.SecretId);
    checkPolicy(input.ResourcePolicy);
    return { PolicyValidationPassed: true, ValidationErrors: [] };
  }),
};

function change(registry: Registry, region: string, id: string, policy: string | undefined): Json {
  const { policy: _former, ...secret } = registry.findWritable(region, id);
  registry.saveChanged(policy === undefined ? secret : { ...secret, policy });
  return named(secret);
}

function checkPolicy(text: string): void {
  try {
    const policy: unknown = JSON.parse(text);
    if (typeof policy === "object" && policy !== null && "Statement" in policy) return;
  } catch {
    // Refused below, like a policy without statements.
  }
  refuseSecrets("MalformedPolicyDocumentException", "This resource policy contains a syntax error.");
}
