/** Users and sessions of the demo application. The application authenticates; the edge is not involved. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock, Random } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";
import { BoundedCache } from "../bounded-cache.ts";
import type { WireRequest } from "../wire.ts";

type Role = "analyst" | "visitor";
export interface User {
  readonly name: string;
  readonly role: Role;
}
export interface Session {
  readonly id: string;
  readonly user: User;
  readonly expiresAt: EpochSeconds;
}

/** Demo accounts, printed by `keyturn sandbox`: they work only in the sandbox. */
export const DEMO_USERS: readonly (User & { readonly password: string })[] = [
  { name: "ada", role: "analyst", password: "ada-in-the-sandbox" },
  { name: "guest", role: "visitor", password: "guest-in-the-sandbox" },
];

const LIFE: Seconds = 8 * 3600;
const MOST_SESSIONS = 10_000;

export class Sessions {
  readonly #clock: Pick<Clock, "now">;
  readonly #random: Pick<Random, "bytes">;
  /** Keyed by the token's digest, so that a leak of this map is harmless. */
  readonly #open = new BoundedCache<string, Session>(MOST_SESSIONS);

  constructor(clock: Pick<Clock, "now">, random: Pick<Random, "bytes">) {
    this.#clock = clock;
    this.#random = random;
  }

  /** A new session's bearer token; undefined for a wrong name or password, without revealing which. */
  open(name: unknown, password: unknown): { readonly token: string; readonly session: Session } | undefined {
    const user = DEMO_USERS.find((each) => each.name === name);
    const isRight = isEqual(String(password), user?.password ?? "");
    if (!user || !isRight) return undefined;
    const token = Buffer.from(this.#random.bytes(32)).toString("base64url");
    const id = digest(token).slice(0, 12);
    const session = { id, user: { name: user.name, role: user.role }, expiresAt: this.#clock.now() + LIFE };
    this.#open.set(digest(token), session);
    return { token, session };
  }

  /** The session of `Authorization: Bearer TOKEN`. */
  of(request: WireRequest): Session | undefined {
    const token = /^Bearer ([\w-]{20,100})$/i.exec(request.headers.authorization ?? "")?.[1];
    const session = token === undefined ? undefined : this.#open.get(digest(token));
    return session && session.expiresAt > this.#clock.now() ? session : undefined;
  }

  close(request: WireRequest): void {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (token !== undefined) this.#open.delete(digest(token));
  }
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex");
const isEqual = (left: string, right: string) =>
  timingSafeEqual(Buffer.from(digest(left)), Buffer.from(digest(right)));
