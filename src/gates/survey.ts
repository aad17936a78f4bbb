/** What `config init` reads from an account: distributions, key groups, and which secrets hold their keys. */
import { isError } from "../errors.ts";
import { readAccountKeys } from "../keys/account-keys.ts";
import type { Cloud } from "../seams/cloud.ts";
import type { Terminal } from "../seams/world.ts";
import type { SecretCandidate, SurveyedAccount } from "./draft.ts";
import { recognizeSecret } from "./recognize-secret.ts";

/** `secretIds`: look only into these. Skips secrets that may not be read. `region` is for the file. */
export async function surveyAccount(
  { controlPlane, vault }: Cloud,
  options: { readonly secretIds?: readonly string[]; readonly region?: string | undefined },
  terminal: Pick<Terminal, "note" | "progress">,
): Promise<SurveyedAccount> {
  const { keys, groups: keyGroups } = await readAccountKeys(controlPlane);
  const distributions: SurveyedAccount["distributions"][number][] = [];
  for await (const { id } of controlPlane.listDistributions()) {
    distributions.push((await controlPlane.getDistribution(id)).value);
    if (distributions.length % 25 === 0) terminal.progress(`read ${distributions.length} distributions`);
  }
  const keyPairIds = new Map(
    keys.flatMap(({ id, fingerprint }) => (fingerprint ? [[fingerprint, id] as const] : [])),
  );
  const secrets: SecretCandidate[] = [];
  try {
    const candidates = options.secretIds?.map((id) => ({ id })) ?? (await signingCandidates(vault));
    for (const [at, { id, ...more }] of candidates.entries()) {
      if (at % 25 === 0) {
        terminal.progress(`looking for signing keys in secret ${at + 1} of ${candidates.length}`);
      }
      const found = await lookInto(vault, id, keyPairIds, options.secretIds !== undefined);
      secrets.push(...found.map((each) => ({ ...each, ...more })));
    }
  } catch (thrown) {
    if (options.secretIds !== undefined || !isError(thrown, "ERR_ACCESS_DENIED", "ERR_REGION")) throw thrown;
    terminal.note(`cannot search the secrets: ${thrown.message}`);
  }
  return { distributions, keyGroups, secrets, region: options.region };
}

async function signingCandidates(vault: Cloud["vault"]): Promise<Pick<SecretCandidate, "id" | "tags">[]> {
  const candidates: Pick<SecretCandidate, "id" | "tags">[] = [];
  for await (const { name, tags, deletedAt, owningService } of vault.list()) {
    const isOther = deletedAt !== undefined || owningService !== undefined || name.endsWith(".keyturn");
    if (!isOther) candidates.push({ id: name, tags });
  }
  return candidates;
}

async function lookInto(
  vault: Cloud["vault"],
  id: string,
  keyPairIds: ReadonlyMap<string, string>,
  wasNamed: boolean,
): Promise<SecretCandidate[]> {
  try {
    return recognizeSecret(id, (await vault.get(id, { stage: "AWSCURRENT" })).value, keyPairIds);
  } catch (thrown) {
    if (!wasNamed && isError(thrown, "ERR_ACCESS_DENIED", "ERR_NOT_FOUND", "ERR_REFUSED")) return [];
    throw thrown;
  }
}
