/** Every operation of Secrets Manager that the sandbox implements. */
import type { SecretsOperations } from "./operation.ts";
import { POLICY_OPERATIONS } from "./policy-operations.ts";
import { READING_OPERATIONS } from "./reading-operations.ts";
import { ROTATION_OPERATIONS } from "./rotation-operations.ts";
import { SECRET_OPERATIONS } from "./secret-operations.ts";
import { VALUE_OPERATIONS } from "./value-operations.ts";

export const SECRETS_OPERATIONS: SecretsOperations = {
  ...READING_OPERATIONS,
  ...VALUE_OPERATIONS,
  ...SECRET_OPERATIONS,
  ...ROTATION_OPERATIONS,
  ...POLICY_OPERATIONS,
};
