/** What a deployment is checked against: the flags, else its own settings. Pure. */
import { isRecord } from "../is-record.ts";
import { shellWord } from "../text/shell-word.ts";
import { formatDuration, type Seconds } from "../time.ts";
import type { DeployedParts } from "./read-deployed.ts";
import { DEFAULTS, templateInput } from "./template-input.ts";

export interface CheckFlags {
  readonly name: string;
  readonly every?: string | undefined;
  readonly startAt?: string | undefined;
}
interface CheckInput {
  readonly name: string;
  readonly every: Seconds;
  readonly startAt: string;
}

/** Throws ERR_USAGE, ERR_DURATION. */
export function checkInput({ name, every, startAt }: CheckFlags, found: DeployedParts): CheckInput {
  const said = templateInput({
    name,
    every: every ?? DEFAULTS.every,
    startAt: startAt ?? DEFAULTS.startAt,
  });
  const starts = found.schedules.find((each) => each.name.startsWith(`${name}-start-`));
  return {
    name,
    every: every === undefined ? (everyOf(starts?.target.input) ?? said.every) : said.every,
    startAt: startAt === undefined ? (starts?.expression ?? said.startAt) : said.startAt,
  };
}

/** Undefined if the input is not keyturn's. */
function everyOf(input: string | undefined): Seconds | undefined {
  const outer = parsed(input);
  const { every } = parsed(typeof outer.Input === "string" ? outer.Input : undefined);
  return typeof every === "number" && every > 0 ? every : undefined;
}

function parsed(json: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? "{}");
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/** Writes the same deployment with this version. */
export function templateLine({ name, every, startAt }: CheckInput, gate: string | undefined): string {
  const given = [
    ...(gate === undefined ? [] : ["--gate", gate]),
    ...(name === DEFAULTS.name ? [] : ["--name", name]),
    ...(formatDuration(every) === DEFAULTS.every
      ? []
      : ["--every", formatDuration(every).replaceAll(" ", "")]),
    ...(startAt === DEFAULTS.startAt ? [] : ["--start-at", startAt]),
  ];
  return ["keyturn unattended template", ...given.map(shellWord), "-o unattended"].join(" ");
}
