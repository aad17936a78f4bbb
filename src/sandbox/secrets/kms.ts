/**
 * The caller's right to a secret's customer-managed KMS key. Secrets Manager uses the key on behalf of whoever reads
 * the value (Decrypt) or changes it (GenerateDataKey and Decrypt): Secrets Manager User Guide, "Permissions for the
 * KMS key". The sandbox has no such keys: values are not encrypted.
 */
import { refuseSecrets } from "./refusal.ts";

export type KmsAction = "kms:Decrypt" | "kms:GenerateDataKey";

export class KmsRights {
  readonly denied = new Set<KmsAction>();
  /** Called on every use, including denied ones. */
  onUse: (action: KmsAction) => void = () => {};

  /** Without a customer-managed key, the key is aws/secretsmanager, which everyone in the account may use. */
  use(kmsKeyId: string | undefined, ...actions: readonly KmsAction[]): void {
    if (kmsKeyId === undefined || kmsKeyId === "") return;
    for (const action of actions) {
      this.onUse(action);
      if (this.denied.has(action)) refuseSecrets("AccessDeniedException", "Access to KMS is not allowed");
    }
  }
}
