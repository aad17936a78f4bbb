/** `--state DIR` keeps an account across restarts. One file per service. */
import type { AccountOptions } from "../account.ts";
import { cloudFrontOfRecord, recordOfCloudFront } from "../cloudfront/state.ts";
import { recordOfSecrets, secretsOfRecord } from "../secrets/state.ts";
import { StateFile } from "./state-file.ts";

/** The state that `createAccount` starts with, and how to save it. Throws ERR_FILE_UNREADABLE with the damaged file's name. */
export async function openStateDirectory(
  directory: string,
): Promise<Required<Pick<AccountOptions, "initial" | "save">>> {
  const cloudFront = new StateFile(directory, "cloudfront", recordOfCloudFront);
  const secrets = new StateFile(directory, "secrets-manager", recordOfSecrets);
  const [cloudFrontRecord, secretsRecord] = await Promise.all([cloudFront.read(), secrets.read()]);
  return {
    initial: {
      cloudFront: cloudFrontRecord && cloudFrontOfRecord(cloudFrontRecord),
      secrets: secretsRecord && secretsOfRecord(secretsRecord),
    },
    save: {
      cloudFront: (state) => cloudFront.save(state),
      secrets: (state) => secrets.save(state),
      saved: async () => {
        await Promise.all([cloudFront.saved(), secrets.saved()]);
      },
    },
  };
}
