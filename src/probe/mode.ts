/** The three probe modes and the flags valid in each. */
import { UsageError } from "../errors.ts";
import type { ProbeFlags } from "./flags.ts";

type Mode = "matrix" | "flow" | "watch";
const MODE_NAME = { matrix: "the matrix", flow: "--flow", watch: "--watch" } as const;

/** Flags valid only in some modes. */
const USED_BY = {
  url: ["matrix", "watch"],
  cases: ["matrix", "watch"],
  methods: ["matrix", "watch"],
  routes: ["matrix", "watch"],
  httpPort: ["matrix", "watch"],
  retiredKey: ["matrix", "watch"],
  allAddresses: ["matrix", "watch"],
  originCounter: ["matrix"],
  directOrigin: ["matrix"],
  report: ["matrix"],
  credentials: ["flow"],
  credentialsCommand: ["flow"],
  abuse: ["flow"],
  remint: ["flow"],
  for: ["watch"],
} as const satisfies Partial<Record<keyof ProbeFlags, readonly Mode[]>>;

/** Refuses a flag that has no effect in this mode. Throws ERR_USAGE. */
export function probeModeOf(flags: ProbeFlags): Mode {
  if (flags.flow && flags.watch !== undefined) {
    throw new UsageError("ERR_USAGE", "--flow and --watch cannot be combined", ["leave one of them out"]);
  }
  const mode = flags.flow ? "flow" : flags.watch === undefined ? "matrix" : "watch";
  for (const [name, modes] of Object.entries(USED_BY) as [keyof typeof USED_BY, readonly Mode[]][]) {
    const given = flags[name];
    if (given === undefined || modes.includes(mode) || (Array.isArray(given) && given.length === 0)) continue;
    const flag = name === "url" ? "a URL" : `--${name.replace(/[A-Z]/g, (each) => `-${each.toLowerCase()}`)}`;
    const users = modes.map((each) => MODE_NAME[each]).join(" and ");
    throw new UsageError("ERR_USAGE", `${flag} is for ${users}, and has no effect with ${MODE_NAME[mode]}`, [
      `leave ${flag} out`,
      ...(mode === "matrix" || name !== "report" ? [] : [`use --json with ${MODE_NAME[mode]}`]),
    ]);
  }
  return mode;
}
