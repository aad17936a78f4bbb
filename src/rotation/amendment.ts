/**
 * Amending an open rotation: applies what changed in keyturn.yaml to the record. Pure. A wait may only grow; proofs that
 * depend on a change become void, others stay; the epoch grows if earlier in-flight writes must fail.
 */
import { type EpochSeconds, formatDuration } from "../time.ts";
import { proofLength } from "./proof.ts";
import { PROOFS, type Proof, type ProofName, type RotationRecord, withNewEpoch } from "./record.ts";
import type { Settings } from "./settings.ts";
import { confirmedReadOf, drainEnd } from "./situation.ts";

export interface AmendedSetting {
  /** As the record names it: `canaries.E2EXAMPLE`, `settle`. */
  readonly setting: string;
  readonly from: string;
  readonly to: string;
}
interface KeptSetting {
  readonly setting: string;
  readonly recorded: string;
  readonly declared: string;
  readonly why: string;
}
export interface Amendment {
  readonly changes: readonly AmendedSetting[];
  /** Declared differently, but not applied to the record. */
  readonly kept: readonly KeptSetting[];
  readonly voidedProofs: readonly ProofName[];
  /** Why the epoch grows; absent if it does not. */
  readonly newEpoch?: string;
  readonly record: RotationRecord;
}

/** The frozen settings that may change in an open rotation. */
export type Amendable = Pick<
  Settings,
  | "canaries"
  | "mintEndpoint"
  | "regions"
  | "cacheTtl"
  | "longestLife"
  | "skew"
  | "settle"
  | "triples"
  | "ownership"
  | "code"
>;
/** The settings that stay fixed for the whole rotation. */
export interface FixedSetting {
  readonly keyGroups: readonly string[];
  readonly keyPairId: Settings["keyPairId"];
}

/** `highest`: the highest epoch of this gate that a Comment or AWSCURRENT carries. */
export function planAmendment(
  record: RotationRecord,
  declared: Amendable,
  {
    fixed,
    highest,
    at,
  }: { readonly fixed?: FixedSetting; readonly highest: number; readonly at: EpochSeconds },
): Amendment {
  const kept: KeptSetting[] = fixed === undefined ? [] : fixedDifferences(record, fixed);
  const settings = amendedSettings(record.settings, declared, kept);
  const changes = differences(record.settings, settings);
  const proofs = provenUnder(record, settings);
  const amended = { ...record, settings, proofs };
  const newEpoch = reasonForEpoch(record, amended, highest);
  if (changes.length === 0 && newEpoch === undefined) {
    return { changes, kept, voidedProofs: [], record };
  }
  const what = [
    ...changes.map(changeText),
    ...(newEpoch === undefined ? [] : [`new epoch: ${newEpoch}`]),
  ].join("; ");
  const noted = { ...amended, amended: [...(record.amended ?? []), { at, what }] };
  return {
    changes,
    kept,
    voidedProofs: PROOFS.filter((name) => isVoided(record.proofs[name], proofs[name])),
    newEpoch,
    record: newEpoch === undefined ? noted : withNewEpoch(noted, Math.max(record.epoch, highest) + 1),
  };
}

/** `settle: 15m -> 20m`. */
export function changeText({ setting, from, to }: AmendedSetting): string {
  return `${setting}: ${from} -> ${to}`;
}

const isVoided = (before: Proof | undefined, after: Proof | undefined) =>
  before !== undefined &&
  (after === undefined || (before.provenAt !== undefined && after.provenAt === undefined));

function fixedDifferences(record: RotationRecord, { keyGroups, keyPairId }: FixedSetting): KeptSetting[] {
  const why = "fixed while a rotation is open: finish it, or abort it and start again";
  const compare = (setting: string, recorded: string, now: string) =>
    recorded === now ? [] : [{ setting, recorded, declared: now, why }];
  return [
    ...compare("keyGroups", record.groups.toSorted().join(" "), keyGroups.toSorted().join(" ")),
    ...compare("signer.keyPairId", record.settings.keyPairId, keyPairId),
  ];
}

function amendedSettings(recorded: Settings, declared: Amendable, kept: KeptSetting[]): Settings {
  const { canaries, mintEndpoint, regions, ownership, code } = declared;

  const grown = (setting: "longestLife" | "skew" | "settle" | "triples"): number => {
    if (declared[setting] < recorded[setting]) {
      const [was, now] = [settingText(setting, recorded[setting]), settingText(setting, declared[setting])];
      kept.push({ setting, recorded: was, declared: now, why: "a wait may only grow in an open rotation" });
    }
    return Math.max(recorded[setting], declared[setting]);
  };
  return {
    ...recorded,
    canaries,
    mintEndpoint,
    regions: regions?.length ? regions : undefined,
    ownership,
    code,
    cacheTtl: grownCache(recorded.cacheTtl, declared.cacheTtl, kept),
    longestLife: grown("longestLife"),
    skew: grown("skew"),
    settle: grown("settle"),
    triples: grown("triples"),
  };
}

/** Signers that need a restart may still be running, so no number of seconds is long enough to replace it. */
function grownCache(
  recorded: Settings["cacheTtl"],
  declared: Settings["cacheTtl"],
  kept: KeptSetting[],
): Settings["cacheTtl"] {
  const isLonger =
    declared === "until-restart" ||
    (recorded !== "until-restart" && declared >= recorded) ||
    declared === recorded;
  if (isLonger) return declared;
  const [was, now] = [settingText("cacheTtl", recorded), settingText("cacheTtl", declared)];
  kept.push({
    setting: "cacheTtl",
    recorded: was,
    declared: now,
    why: "a wait may only grow in an open rotation",
  });
  return recorded;
}

function differences(from: Settings, to: Settings): readonly AmendedSetting[] {
  const [before, after] = [flat(from), flat(to)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((setting) => {
    const [was, is] = [before.get(setting) ?? "none", after.get(setting) ?? "none"];
    return was === is ? [] : [{ setting, from: was, to: is }];
  });
}

function flat(settings: Settings): ReadonlyMap<string, string> {
  const { canaries, mintEndpoint, regions, cacheTtl, longestLife, skew, settle, triples, ownership, code } =
    settings;
  const plain = { cacheTtl, longestLife, skew, settle, triples, ownership };
  return new Map([
    ...Object.entries(canaries).map(([id, url]) => [`canaries.${id}`, url] as const),
    ...(mintEndpoint === undefined ? [] : [["mintEndpoint", mintEndpoint] as const]),
    ...(code === undefined ? [] : [[ownership, codeText(code)] as const]),
    ...(regions === undefined ? [] : [["regions", regions.join(" ")] as const]),
    ...Object.entries(plain).map(([name, value]) => [name, settingText(name, value)] as const),
  ]);
}

const settingText = (name: string, value: number | string) =>
  typeof value === "number" && name !== "triples" ? formatDuration(value) : String(value);

/** The proofs that still hold. One whose time grew continues; one made with other canaries is void. */
function provenUnder(record: RotationRecord, settings: Settings): RotationRecord["proofs"] {
  const before = record.settings;
  const isCanaryMoved = Object.entries(settings.canaries).some(([id, url]) => before.canaries[id] !== url);
  const length = proofLength(settings);
  const isLonger = length > proofLength(before);
  const entries = PROOFS.flatMap((name) => {
    const proof = record.proofs[name];
    if (proof === undefined) return [];
    // Proven by the key's age, without a canary; how old the key was then is no longer known.
    if (proof.good === 0 && proof.provenAt !== undefined) return isLonger ? [] : [[name, proof] as const];
    if (isCanaryMoved) return [];
    const isShort =
      proof.good < settings.triples || proof.lastAt - (proof.goodSince ?? proof.lastAt) < length;
    if (proof.provenAt === undefined || !isShort) return [[name, proof] as const];
    const { provenAt: _, ...unproven } = proof;
    return [[name, unproven] as const];
  });
  return Object.fromEntries(entries);
}

function reasonForEpoch(before: RotationRecord, after: RotationRecord, highest: number): string | undefined {
  if (highest > before.epoch) return `a Comment or AWSCURRENT carries epoch ${highest} of this gate`;
  if (confirmedReadOf(before) === undefined) return undefined;
  const added = (after.settings.regions ?? []).filter(
    (each) => before.settings.regions?.includes(each) !== true,
  );
  if (added.length > 0) return `signers in ${added.join(", ")} were not waited for, so the wait starts again`;
  // An operator who decided under the shorter wait may be about to remove a key: that write must fail.
  const mayTakeOut = before.goal === "abort" || before.oldMayGo !== undefined;
  const [was, is] = [drainEnd(before), drainEnd(after)];
  const isLonger = was !== undefined && (is === undefined || is > was);
  return mayTakeOut && isLonger
    ? "the shorter wait already allows a key to be removed, so the wait starts again"
    : undefined;
}

function codeText({ keyGroups, publicKey, cdk }: NonNullable<Settings["code"]>): string {
  return [
    ...Object.values(keyGroups),
    ...(publicKey === undefined ? [] : [publicKey]),
    ...(cdk ? ["cdk"] : []),
  ].join(" ");
}
