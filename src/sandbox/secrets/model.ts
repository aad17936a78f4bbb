/** Secrets Manager of one account, in memory: lets a sandbox seed and observe it without HTTP. */
import type { Seconds } from "../../time.ts";
import type { Staleness } from "../state/timeline.ts";
import { Registry, type RegistryOptions } from "./registry.ts";
import { holdReplica } from "./replication.ts";
import { EMPTY_SECRETS, type SecretsState, type StoredSecret, type Tag } from "./state.ts";
import { createSecret, moveStage, putValue, readValue } from "./values.ts";

export interface SecretsOptions extends RegistryOptions {
  /** The region of secrets accessed here rather than over HTTP. */
  readonly region: string;
  readonly replicationLag?: Seconds;
  readonly initial?: SecretsState;
  /** Called after every change, with the state to save. */
  readonly changed?: (state: SecretsState) => void;
}

export class SecretsModel {
  readonly registry: Registry;
  readonly #region: string;

  constructor({
    region,
    replicationLag = 0,
    initial = EMPTY_SECRETS,
    changed = () => {},
    ...options
  }: SecretsOptions) {
    this.#region = region;
    this.registry = new Registry(options, initial, changed);
    this.registry.replicationLag = replicationLag;
  }

  /** Everything at this moment, however stale the reads are. */
  get state(): SecretsState {
    return this.registry.timeline.latest;
  }

  /** Makes reads return an older state from now on. Writes always work on the newest. */
  set staleness(staleness: Staleness) {
    this.registry.timeline.staleness = staleness;
  }
  get staleness(): Staleness {
    return this.registry.timeline.staleness;
  }

  /** Throws SecretsRefusal, as do the methods below. */
  create(
    name: string,
    text: string,
    extra: {
      readonly description?: string;
      readonly tags?: readonly Tag[];
      readonly replicaRegions?: readonly string[];
    } = {},
  ): StoredSecret {
    const token = this.registry.options.random.uuid();
    const replicas = (extra.replicaRegions ?? []).map((region) => ({ region }));
    return createSecret(this.registry, this.#region, { name, token, value: { text }, ...extra, replicas });
  }

  /** A put; without labels the new version becomes current. Returns the version's id. */
  put(id: string, text: string, stages?: readonly string[]): string {
    const token = this.registry.options.random.uuid();
    putValue(this.registry, this.#region, id, { token, value: { text }, stages });
    return token;
  }

  moveStage(id: string, stage: string, change: { readonly from?: string; readonly to?: string }): void {
    moveStage(this.registry, this.#region, id, stage, change);
  }

  /** The text of the version with that label, AWSCURRENT by default; undefined for a binary value. */
  text(id: string, stage?: string): string | undefined {
    const { value } = readValue(this.registry, this.#region, id, { stage }).version;
    return "text" in value ? value.text : undefined;
  }

  /** Version id -> labels, for every version. */
  stages(id: string): Readonly<Record<string, readonly string[]>> {
    const { versions } = this.registry.findPrimary(this.#region, id);
    return Object.fromEntries(versions.map((version) => [version.id, version.stages]));
  }

  /** Lets Secrets Manager invoke that Lambda function, so RotateSecret accepts it. Nothing runs. */
  allowRotationBy(lambdaArn: string): void {
    this.registry.rotationFunctions.add(lambdaArn);
  }

  /** Marks the secret as managed by another AWS service (OwningService). */
  setOwningService(id: string, owningService: string): void {
    this.registry.save({ ...this.registry.findWritable(this.#region, id), owningService });
  }

  /** Keeps a replica out of sync until it is released with `undefined`. */
  holdReplica(id: string, region: string, stuck: Parameters<typeof holdReplica>[4]): void {
    holdReplica(this.registry, this.#region, id, region, stuck);
  }
}
