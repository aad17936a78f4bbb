/** The secrets of one account by region and id: find, check for deletion, save. A replica is a view of its primary. */
import type { Clock, Random } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";
import { withEntry, withoutEntry } from "../state/entries.ts";
import { Timeline } from "../state/timeline.ts";
import { KmsRights } from "./kms.ts";
import { refuseSecrets } from "./refusal.ts";
import { keyOf, type SecretsState, type StoredReplica, type StoredSecret } from "./state.ts";

export interface RegistryOptions {
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  /** Twelve digits. */
  readonly accountId: string;
}

/** A secret as one region shows it. */
export interface SecretView {
  readonly secret: StoredSecret;
  /** Contains the region's name. */
  readonly arn: string;
  /** Set where the region holds a replica. */
  readonly replica: StoredReplica | undefined;
}

const NAME = /^[A-Za-z0-9/_+=.@!-]+$/;

export class Registry {
  readonly options: RegistryOptions;
  readonly timeline: Timeline<SecretsState>;
  readonly kms = new KmsRights();
  /** ARNs of the Lambda functions that Secrets Manager may invoke to rotate. None exist unless a test adds one. */
  readonly rotationFunctions = new Set<string>();
  #replicationLag: Seconds = 0;

  constructor(options: RegistryOptions, initial: SecretsState, tell: (state: SecretsState) => void) {
    this.options = options;
    this.timeline = new Timeline(initial, options, tell);
  }

  get now(): EpochSeconds {
    return this.options.clock.now();
  }
  /** How long a change takes to reach the replicas. */
  get replicationLag(): Seconds {
    return this.#replicationLag;
  }
  set replicationLag(lag: Seconds) {
    this.#replicationLag = lag;
    this.timeline.keeps = lag;
  }

  /** For a read: possibly stale, and a replica is always behind by the lag. Also finds deleted secrets. */
  find(region: string, id: string): SecretView {
    return this.#findIn(this.timeline.seen(), region, id) ?? refuseNotFound();
  }

  /** For a write: the newest state, replicas included. */
  findNewest(region: string, id: string): SecretView {
    return this.#findIn(this.timeline.latest, region, id) ?? refuseNotFound();
  }

  has(region: string, id: string): boolean {
    return this.#findIn(this.timeline.latest, region, id) !== undefined;
  }

  /** For a write: the newest state, not a replica, not marked for deletion. */
  findWritable(region: string, id: string): StoredSecret {
    const secret = this.findPrimary(region, id);
    if (secret.deletion !== undefined) refuseDeleted();
    return secret;
  }

  /** As findWritable, but also finds a secret that is marked for deletion. */
  findPrimary(region: string, id: string): StoredSecret {
    const { secret, replica } = this.findNewest(region, id);
    if (replica === undefined) return secret;
    return refuseSecrets(
      "InvalidParameterException",
      "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
    );
  }

  /** The primary with that name in that region, or another region's replica there. */
  named(region: string, name: string): SecretView | undefined {
    return this.#named(this.timeline.latest, region, name);
  }

  /** One region's secrets, replicas included. */
  list(region: string): readonly SecretView[] {
    const { secrets } = this.timeline.seen();
    const names = new Set([...secrets.values()].map(({ name }) => name));
    return [...names]
      .map((name) => this.#named({ secrets }, region, name))
      .filter((view) => view !== undefined);
  }

  save(secret: StoredSecret): void {
    const { secrets } = this.timeline.latest;
    this.timeline.change({ secrets: withEntry(secrets, keyOf(secret.region, secret.name), secret) });
  }

  /** Saves a change of the secret itself, which updates LastChangedDate. */
  saveChanged(secret: StoredSecret): void {
    this.save({ ...secret, changedAt: this.now });
  }

  remove({ region, name }: StoredSecret): void {
    this.timeline.change({ secrets: withoutEntry(this.timeline.latest.secrets, keyOf(region, name)) });
  }

  #findIn(state: SecretsState, region: string, id: string): SecretView | undefined {
    if (!id.startsWith("arn:")) {
      checkName(id);
      return this.#named(state, region, id);
    }
    const [, arnRegion, rest = ""] =
      /^arn:aws[\w-]*:secretsmanager:([\w-]+):\d{12}:secret:(.+)$/.exec(id) ?? [];
    if (arnRegion !== region) return undefined;
    // AWS treats an ARN that ends in a hyphen and six characters as complete, even if they belong to the name
    // (API Reference, SecretId; recorded).
    if (!/-[A-Za-z0-9]{6}$/.test(rest)) return this.#named(state, region, rest);
    const complete = this.#named(state, region, rest.slice(0, -7));
    return complete?.arn === id ? complete : undefined;
  }

  #named(state: SecretsState, region: string, name: string): SecretView | undefined {
    const own = state.secrets.get(keyOf(region, name));
    if (own !== undefined && !this.#isGone(own)) return { secret: own, arn: own.arn, replica: undefined };
    for (const primary of state.secrets.values()) {
      const replica = primary.replicas.find((each) => each.region === region && each.failure === undefined);
      if (primary.name !== name || replica === undefined || this.#isGone(primary)) continue;
      return this.#replicaView(primary, replica);
    }
    return undefined;
  }

  #replicaView(primary: StoredSecret, replica: StoredReplica): SecretView | undefined {
    const arn = primary.arn.replace(`:${primary.region}:`, `:${replica.region}:`);
    if (replica.stuck !== undefined) {
      return { secret: { ...primary, versions: replica.stuck.versions }, arn, replica };
    }
    const then = this.timeline.at(this.now - this.#replicationLag);
    const secret = then.secrets.get(keyOf(primary.region, primary.name));
    // Not visible yet, because the replica is newer than the lag.
    if (secret?.replicas.some((each) => each.region === replica.region) !== true) return undefined;
    return { secret, arn, replica };
  }

  #isGone({ deletion }: StoredSecret): boolean {
    return deletion !== undefined && deletion.goneAt <= this.now;
  }
}

export function checkName(name: string): void {
  if (NAME.test(name)) return;
  refuseSecrets(
    "ValidationException",
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );
}

function refuseNotFound(): never {
  return refuseSecrets("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
}

export function refuseDeleted(): never {
  return refuseSecrets(
    "InvalidRequestException",
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}
