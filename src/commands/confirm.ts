/** How every change is confirmed: announce what changes and where, then prompt or require --yes; --dry-run stops there. */
import type { Command } from "commander";
import { HaltError } from "../errors.ts";
import type { World } from "../seams/world.ts";
import { noteColumns, wrap } from "../text/layout.ts";

export interface MutationFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface Mutation {
  /** Account number, or undefined if no ARN has shown it yet. */
  readonly account?: string | undefined;
  /** `Cloud.where`. */
  readonly where: string;
  readonly gate?: string | undefined;
  /** One line each, as an imperative sentence: `upload public key reader-2026`. */
  readonly changes: readonly string[];
  /** What the user must type; default `yes`. For a change that cannot be undone: the name of the thing. */
  readonly typeBack?: string;
  /** The flag that confirms without a prompt; default `--yes`. */
  readonly flag?: string;
  /**
   * `done`: what an earlier, confirmed step of this command changed, as a clause. `instead`: what to type if this step is
   * declined.
   */
  readonly already?: { readonly done: string; readonly instead: readonly string[] };
}

/** Adds --yes and --dry-run. */
export function mutating(command: Command): Command {
  return command
    .option("--yes", "do not ask for confirmation")
    .option("--dry-run", "show what would change, but change nothing");
}

/**
 * Resolves to true to continue, to false under --dry-run. Throws ERR_CONFIRMATION if the answer is anything else, or if there
 * is no terminal to prompt on and no --yes.
 */
export async function confirmed(
  mutation: Mutation,
  flags: MutationFlags,
  { terminal }: Pick<World, "terminal">,
): Promise<boolean> {
  const announcement = announce(mutation, noteColumns(terminal));
  if (flags.dryRun) {
    terminal.note(`${announcement}\ndry run: nothing was changed`);
    return false;
  }
  if (flags.yes || !terminal.interactive) terminal.note(announcement);
  // A prompt shows what it is about, even under --quiet.
  else terminal.insist(announcement);
  if (flags.yes) return true;
  if (!terminal.interactive) {
    throw new HaltError(
      "ERR_CONFIRMATION",
      "this makes a change, and there is no terminal to confirm it on",
      [`add ${mutation.flag ?? "--yes"} to confirm`, "add --dry-run to see what would change"],
    );
  }
  const wanted = mutation.typeBack ?? "yes";
  const answer = await terminal.ask(`Type ${wanted} to continue: `);
  if (answer.trim() === wanted) return true;
  const { already } = mutation;
  throw new HaltError(
    "ERR_CONFIRMATION",
    already === undefined
      ? "not confirmed; nothing was changed"
      : `not confirmed; ${already.done}, and nothing else was changed`,
    already?.instead ?? [`run it again, or add ${mutation.flag ?? "--yes"}`],
  );
}

/** Where, then what; one line per change, for logs. */
function announce({ account, where, gate, changes }: Mutation, columns = Infinity): string {
  const place = [where, account && `account ${account}`, gate && `gate ${gate}`].filter(Boolean).join(", ");
  return [`${place}:`, ...changes.map((change) => wrap(change, columns, 2, 4))].join("\n");
}
