/** Reads keyturn.yaml into gates. Loads zod and yaml, so import it only once there is a file (as `open.ts` does). */
import { InputError } from "../errors.ts";
import { isRecord } from "../is-record.ts";
import { shellWord } from "../text/shell-word.ts";
import { accountOfArn } from "./account.ts";
import { contradictionsOf } from "./cross-checks.ts";
import type { Gate } from "./gate.ts";
import { type ConfigMistake, mistakeAt, mistakesOfSchema } from "./mistakes.ts";
import { fileSchema, type GateFields, gateSchema, NO_GATE_NAME } from "./schema.ts";
import { findSecrets } from "./secrets-in-file.ts";
import { readYaml, type YamlDocument, type YamlPath } from "./yaml.ts";

export type Checked =
  | { readonly gates: ReadonlyMap<string, Gate>; readonly mistakes: readonly [] }
  | { readonly gates?: undefined; readonly mistakes: readonly [ConfigMistake, ...ConfigMistake[]] };

/** All mistakes at once, in the order of the file. Never throws. */
export function checkGates(text: string): Checked {
  const document = readYaml(text);
  const secrets = findSecrets(text).map(({ offset, what }) => ({
    place: placeInText(text, offset),
    where: "the file",
    message: `contains ${what}: remove it, and treat it as leaked if the file was ever committed`,
  }));
  if (document.fault !== undefined) {
    return refused(secrets, [{ where: "the file", ...document.fault }]);
  }
  const parsed = fileSchema.safeParse(document.value);
  const fields = parsed.success ? Object.entries(parsed.data.gates) : soundGates(document.value);
  const contradictions = fields.flatMap(([name, gate]) =>
    contradictionsOf(gate).map(([path, message]) => mistakeAt(["gates", name, ...path], message, document)),
  );
  const lost = lostNames(document);
  if (!parsed.success) {
    const mistakes = mistakesOfSchema(parsed.error.issues, document);
    // If the only gate was lost, "has no gate" adds nothing.
    const reported = lost.length === 0 ? mistakes : mistakes.filter(({ where }) => where !== "gates");
    return refused(secrets, [...reported, ...lost, ...contradictions]);
  }
  const others = [...lost, ...contradictions];
  if (secrets.length + others.length > 0) return refused(secrets, others);
  return { gates: new Map(fields.map(([name, gate]) => [name, gateOf(name, gate)])), mistakes: [] };
}

/** zod silently drops the name `__proto__` from a mapping, whatever its pattern says. */
function lostNames(document: YamlDocument): ConfigMistake[] {
  const lostIn = (path: YamlPath, map: unknown, message: string): ConfigMistake[] => {
    if (!isRecord(map) || !Object.hasOwn(map, "__proto__")) return [];
    const key = [...path, "__proto__"];
    return [{ ...mistakeAt(key, message, document), place: document.placeOf(key, "key") }];
  };
  const gates = isRecord(document.value) ? document.value.gates : undefined;
  const within = Object.entries(isRecord(gates) ? gates : {}).flatMap(([name, gate]) =>
    ["cookieProfiles", "canaries"].flatMap((field) =>
      lostIn(["gates", name, field], isRecord(gate) ? gate[field] : undefined, "cannot be a name"),
    ),
  );
  return [...lostIn(["gates"], gates, NO_GATE_NAME), ...within];
}

/** The valid gates in a file that has invalid ones too. */
function soundGates(file: unknown): [name: string, gate: GateFields][] {
  const gates = isRecord(file) ? file.gates : undefined;
  if (!isRecord(gates)) return [];
  return Object.entries(gates).flatMap(([name, gate]): [string, GateFields][] => {
    const parsed = gateSchema.safeParse(gate);
    return parsed.success ? [[name, parsed.data]] : [];
  });
}

/** Throws ERR_CONFIG for the first mistake, and says how many more there are. `file` is for the message. */
export function parseGates(text: string, file: string): ReadonlyMap<string, Gate> {
  const { gates, mistakes } = checkGates(text);
  if (gates !== undefined) return gates;
  const [first, ...more] = mistakes;
  const hints = first.meant === undefined ? [] : [`did you mean ${first.meant}?`];
  if (more.length > 0)
    hints.push(
      `there ${more.length === 1 ? "is 1 more mistake" : `are ${more.length} more mistakes`}:`,
      `keyturn config check --config ${shellWord(file)}`,
    );
  throw new InputError("ERR_CONFIG", `${file}:${sentenceOf(first)}`, [
    ...hints,
    "keyturn help configuration",
  ]);
}

/** `4:5: gates.reader.cookie.ttl is missing` */
export function sentenceOf({ place, where, message }: ConfigMistake): string {
  return `${place.line}:${place.column}: ${where} ${message}`;
}

/** Secrets first, wherever they are: nothing else in the file is as urgent. */
function refused(secrets: readonly ConfigMistake[], others: readonly ConfigMistake[]): Checked {
  const inOrder = others.toSorted(
    (one, other) => one.place.line - other.place.line || one.place.column - other.place.column,
  );
  return { mistakes: [...secrets, ...inOrder] as unknown as [ConfigMistake, ...ConfigMistake[]] };
}

function placeInText(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

/** Adds defaults that depend on other fields, and drops undefined members. */
function gateOf(name: string, fields: GateFields): Gate {
  const { secret, signer, cookie, assumeRole } = fields;
  return defined({
    ...fields,
    name,
    account: fields.account ?? (assumeRole && accountOfArn(assumeRole)),
    signer: {
      ...signer,
      keyPairId: signer.keyPairId ?? (secret.format === "json" ? "in-secret" : "derived"),
    },
    cookie: { ...cookie, maxTtl: cookie.maxTtl ?? cookie.ttl },
    routes: fields.routes.map((route) => ({ ...route, sample: route.sample ?? route.pattern })),
  });
}

type Defined<T> = T extends number | string | boolean
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Defined<Item>[]
    : T extends object
      ? { [Key in keyof T]: Defined<Exclude<T[Key], undefined>> }
      : T;

function defined<T>(value: T): Defined<T> {
  if (Array.isArray(value)) return value.map(defined) as Defined<T>;
  if (typeof value !== "object" || value === null) return value as Defined<T>;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, defined(member)])) as Defined<T>;
}
