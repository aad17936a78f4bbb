/** The mistakes in a keyturn.yaml, each with its position and, for a misspelled name, a suggestion. */
import type * as z from "zod";
import { nearest } from "../text/nearest.ts";
import { configJsonSchema } from "./schema.ts";
import type { YamlDocument, YamlPath, YamlPosition } from "./yaml.ts";

export interface ConfigMistake {
  readonly place: YamlPosition;
  /** `gates.reader.cookie.ttl` */
  readonly where: string;
  /** One sentence; never a value from the file, which might be a secret. */
  readonly message: string;
  readonly meant?: string;
}

type Issue = z.core.$ZodIssue;

export function mistakesOfSchema(issues: readonly Issue[], document: YamlDocument): ConfigMistake[] {
  const listed = issues.slice(0, MOST_LISTED).flatMap((issue) => mistakesOf(issue, [], document));
  const left = issues.length - MOST_LISTED;
  const last = listed.at(-1);
  if (left <= 0 || last === undefined) return listed;
  return [
    ...listed,
    { place: last.place, where: "the file", message: `has ${left} more mistakes after this one` },
  ];
}

/** More than anyone reads at once; finding each position takes a pass over the file. */
const MOST_LISTED = 200;

/** A mistake that shows only when fields are compared. */
export function mistakeAt(path: YamlPath, message: string, document: YamlDocument): ConfigMistake {
  return { place: document.placeOf(path), where: textOf(path), message };
}

function mistakesOf(issue: Issue, base: YamlPath, document: YamlDocument): ConfigMistake[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = knownNames(path);
      return issue.keys.slice(0, MOST_LISTED).map((key) => {
        // `regions` in a gate is meant for signer.regions, although region is near.
        const meant = ownPlace(key, path) ?? nearest(key, known);
        return {
          place: document.placeOf([...path, key], "key"),
          where: textOf([...path, key]),
          message: "is not a name that keyturn knows",
          meant,
        };
      });
    }
    case "invalid_key":
      return [
        {
          place: document.placeOf(path, "key"),
          where: textOf(path),
          message: issue.issues[0]?.message ?? "is not a name",
        },
      ];
    case "invalid_union":
      return nearestBranch(issue.errors).flatMap((each) => mistakesOf(each, path, document));
    default:
      return [mistakeAt(path, sentenceOf(issue, isAbsent(path, document)), document)];
  }
}

/** In a union, assumes the branch that got furthest. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const isWrongKind = (issues: readonly Issue[]) =>
    issues.some((issue) => issue.code === "invalid_type" && issue.path.length === 0);
  return branches.find((issues) => !isWrongKind(issues)) ?? branches.at(-1) ?? [];
}

function sentenceOf(issue: Issue, absent: boolean): string {
  if (issue.code === "invalid_type") {
    if (absent) return "is missing";
    return /^Invalid input/.test(issue.message)
      ? `is not ${KINDS[issue.expected] ?? `a ${issue.expected}`}`
      : issue.message;
  }
  if (issue.code === "invalid_value") return `must be one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "too_small" && /^Too small/.test(issue.message)) return `is less than ${issue.minimum}`;
  if (issue.code === "too_big") return `is more than ${issue.maximum}`;
  return issue.message;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text (put quotes around a number)",
  array: "a list",
  object: "a mapping of names to values",
  record: "a mapping of names to values",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
};

function isAbsent(path: YamlPath, document: YamlDocument): boolean {
  let value = document.value;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value === undefined;
}

/** The names that the schema has at this path. */
function knownNames(path: YamlPath): string[] {
  let here: JsonSchema | undefined = configJsonSchema();
  for (const key of path) {
    here = branchOf(here);
    here =
      typeof key === "number" ? here?.items : (here?.properties?.[String(key)] ?? here?.additionalProperties);
  }
  return Object.keys(branchOf(here)?.properties ?? {});
}

/** Where in a gate the name does exist: `signer.regions`. Undefined unless there is exactly one such place. */
function ownPlace(key: string, [gates, gate]: YamlPath): string | undefined {
  if (gates === undefined || gate === undefined) return undefined;
  const names = knownNames([gates, gate]);
  const places = names.filter((name) => knownNames([gates, gate, name]).includes(key));
  const [only, ...others] = [
    ...(names.includes(key) ? [key] : []),
    ...places.map((name) => `${name}.${key}`),
  ];
  return others.length === 0 ? only : undefined;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

function branchOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  return schema?.anyOf?.find((each) => each.properties !== undefined) ?? schema;
}

function textOf(path: YamlPath): string {
  if (path.length === 0) return "the file";
  return path
    .map((key, at) => (typeof key === "number" ? `[${key}]` : at === 0 ? String(key) : `.${String(key)}`))
    .join("");
}
