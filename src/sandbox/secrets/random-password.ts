/** GetRandomPassword: characters of the requested kinds, each kind at least once by default. */
import type { Random } from "../../seams/world.ts";
import { refuseSecrets } from "./refusal.ts";

const KINDS = {
  ExcludeLowercase: "abcdefghijklmnopqrstuvwxyz",
  ExcludeUppercase: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  ExcludeNumbers: "0123456789",
  ExcludePunctuation: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
} as const;

export interface PasswordRequest extends Partial<Readonly<Record<keyof typeof KINDS, boolean | undefined>>> {
  readonly length: number;
  readonly excluded: string;
  readonly includesSpace: boolean;
  readonly requiresEachKind: boolean;
}

export function randomPassword(random: Pick<Random, "bytes">, request: PasswordRequest): string {
  const without = (characters: string) => [...characters].filter((each) => !request.excluded.includes(each));
  const kinds = Object.entries(KINDS)
    .filter(([flag]) => request[flag as keyof typeof KINDS] !== true)
    .map(([, characters]) => without(characters))
    .filter((characters) => characters.length > 0);
  if (request.includesSpace) kinds.push([" "]);
  const all = kinds.flat();
  if (all.length === 0)
    refuseSecrets("InvalidParameterException", "No characters are left to make a password of.");
  if (request.requiresEachKind && request.length < kinds.length) {
    refuseSecrets(
      "InvalidParameterException",
      "The password is too short for one character of each included type.",
    );
  }
  const pick = (from: readonly string[]) => from[below(random, from.length)] as string;
  const required = request.requiresEachKind ? kinds.map(pick) : [];
  const password = [
    ...required,
    ...Array.from({ length: request.length - required.length }, () => pick(all)),
  ];
  for (let last = password.length - 1; last > 0; last -= 1) {
    const other = below(random, last + 1);
    [password[last], password[other]] = [password[other] as string, password[last] as string];
  }
  return password.join("");
}

function below(random: Pick<Random, "bytes">, limit: number): number {
  const [high = 0, middle = 0, low = 0] = random.bytes(3);
  return ((high << 16) | (middle << 8) | low) % limit;
}
