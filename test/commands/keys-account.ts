/** A sandbox account with one healthy gate, and what a test adds to it. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { type Account, createAccount } from "../../src/sandbox/account.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { type MemoryWorld, type MemoryWorldOptions, memoryWorld } from "../fakes/memory-world.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

export interface GateInAccount {
  readonly clock: ManualClock;
  readonly account: Account;
  readonly world: MemoryWorld;
  /** The IDs of the gate's own key and group. */
  readonly keyPairId: string;
  readonly groupId: string;
}

export const SECRET = "app/key";

export async function gateInAccount(options: MemoryWorldOptions = {}): Promise<GateInAccount> {
  const clock = new ManualClock();
  const account = createAccount({ clock, random: seededRandom(7) });
  const pair = freshPair();
  const keyPairId = addKey(account, "app-1", pair.publicKey);
  const group = account.cloudFront.keyGroups.create({ name: "app-group", items: [keyPairId], comment: "" });
  account.secrets.create(SECRET, secretText(pair.privateKey, keyPairId));
  await clock.advance(86_400);
  const files = { "keyturn.yaml": config(group.id), ...options.files };
  const world = memoryWorld({ clock, cloud: account.handler, ...options, files });
  return { clock, account, world, keyPairId, groupId: group.id };
}

export function config(groupId: string): string {
  return [
    "gates:",
    "  app:",
    "    region: eu-west-1",
    "    distributions: [E1A2B3C4D5E6F7]",
    `    keyGroups: ["${groupId}"]`,
    `    secret: ${SECRET}`,
    "    cookie: { resource: 'https://app.example.com/*', ttl: 15m }",
  ].join("\n");
}

export function freshPair() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

export function addKey(account: Account, name: string, publicKey: KeyObject = freshPair().publicKey): string {
  const encodedKey = publicKey.export({ type: "spki", format: "pem" }).toString();
  return account.cloudFront.publicKeys.create({ callerReference: name, name, encodedKey, comment: "" }).id;
}

export function secretText(privateKey: KeyObject, keyPairId: string): string {
  return JSON.stringify({ privateKey: privateKey.export({ type: "pkcs8", format: "pem" }), keyPairId });
}

export function idsIn(account: Account): string[] {
  return [...account.cloudFront.state.publicKeys.keys()];
}
