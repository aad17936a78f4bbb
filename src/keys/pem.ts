/** Reads keys with any-key.ts, and names the format of an input that is not a key. */
import type { KeyObject } from "node:crypto";
import { isError } from "../errors.ts";
import type { Sealed } from "../sealed.ts";
import { type ReadPrivateKey, readAnyPrivateKey, readAnyPublicKey, unreadable } from "./any-key.ts";
import type { WantedHalf } from "./key-input-kind.ts";
import { recognizeKeyInput } from "./recognize-key-input.ts";

/** As readAnyPrivateKey. Throws ERR_KEY_UNREADABLE, ERR_PASSPHRASE; never shows any of the input. */
export function readPrivateKey(input: string | Uint8Array, passphrase?: Sealed<string>): ReadPrivateKey {
  return named(input, "private", () => readAnyPrivateKey(input, passphrase));
}

/** As readAnyPublicKey. Throws ERR_KEY_UNREADABLE, ERR_PASSPHRASE. */
export function readPublicKey(input: string | Uint8Array, passphrase?: Sealed<string>): KeyObject {
  return named(input, "public", () => readAnyPublicKey(input, passphrase));
}

/** Names the format of an unreadable input, if recognized. */
function named<Key>(input: string | Uint8Array, wanted: WantedHalf, read: () => Key): Key {
  try {
    return read();
  } catch (thrown) {
    if (!isError(thrown, "ERR_KEY_UNREADABLE") || thrown.message.startsWith("this is ")) throw thrown;
    const look = recognizeKeyInput(input, wanted);
    // The label already says so, unless it is wrong.
    const isNamed =
      thrown.message.startsWith('it holds "') && !/^labelled|encrypted$|PGP/.test(look?.is ?? "");
    throw look === undefined || isNamed ? thrown : unreadable(`this is ${look.is}`, look.hints, thrown);
  }
}
