/**
 * Who ran keyturn, for the journal: a person on a host, or the run of a CI job. Names for people to read; no decision
 * depends on them.
 */
import type { JournalStore, World } from "../seams/world.ts";

type Known = Partial<Pick<World, "env" | "hostname">>;

/** Adds `by` to every entry, if known. */
export function signedJournal(store: JournalStore, world: Known): JournalStore {
  let by: Promise<string | undefined> | undefined;
  return {
    ...store,
    async append(name, entry) {
      by ??= runBy(world);
      const known = await by;
      await store.append(name, known === undefined ? entry : { ...entry, by: known });
    },
  };
}

async function runBy({ env = {}, hostname }: Known): Promise<string | undefined> {
  const host = await hostname?.().catch(() => undefined);
  if (env.GITHUB_ACTIONS === "true") {
    const { GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run, GITHUB_ACTOR: actor } = env;
    return joined("GitHub Actions", [repository, run && `run ${run}`, actor && `for ${actor}`]);
  }
  if (env.GITLAB_CI)
    return joined("GitLab CI", [env.CI_PROJECT_PATH, env.CI_JOB_ID && `job ${env.CI_JOB_ID}`, host]);
  if (env.CI) return joined("CI", [host]);
  const user = env.USER || env.LOGNAME || env.USERNAME;
  return user && host ? `${user} on ${host}` : user || host;
}

const joined = (name: string, parts: readonly (string | undefined)[]) =>
  [name, ...parts.filter((part) => part)].join(", ");
