/**
 * The control endpoint for the two APIs, under `/_sandbox/`: scheduled faults, stale reads, replicas out of sync,
 * third parties, a deployment. JSON in, JSON out; the endpoint itself checks who may call.
 */
import { isError, UsageError } from "../errors.ts";
import type { Account } from "./account.ts";
import { CLOUDFRONT_OPERATIONS } from "./cloudfront/handler.ts";
import { CloudFrontRefusal } from "./cloudfront/refusal.ts";
import { type FaultTarget, type InjectedFault, parseFault, requireOneOf } from "./faults.ts";
import { SECRETS_OPERATIONS } from "./secrets/operations.ts";
import { SecretsRefusal } from "./secrets/refusal.ts";
import { editGroup, plainPut, rewriteOldValue } from "./third-party.ts";
import type { WireHandler, WireRequest, WireResponse } from "./wire.ts";

type Fields = Readonly<Record<string, unknown>>;

/** By the first path segment after `/_sandbox/`. */
export function apiControl(account: Account): Readonly<Record<string, WireHandler>> {
  /** Responds only after the change is saved, as the APIs do. */
  const controlled = (run: (account: Account, request: WireRequest) => unknown) =>
    answering(async (request) => {
      const done = run(account, request);
      await account.saved();
      return done;
    });
  return {
    faults: async (request) => withdrawnByPage(account, request) ?? controlled(faults)(request),
    stale: controlled(stale),
    replicas: controlled(replicas),
    "third-party": controlled(thirdParty),
    "rotation-functions": controlled(rotationFunctions),
    deployment: controlled(deployment),
  };
}

/** GET lists the pending faults; POST adds one; DELETE removes `/faults/ID`, or all. */
function faults({ faults: plan }: Account, request: WireRequest): unknown {
  const id = /\/faults\/(\d+)$/.exec(request.target)?.[1];
  if (request.method === "POST") return plan.order(known(parseFault(fieldsOf(request))));
  if (request.method === "DELETE") {
    if (id === undefined) plan.clear();
    else plan.cancel(Number(id));
  }
  return plan.list();
}

/** Forms have no DELETE, so `POST /faults/ID/withdraw` redirects to the page. Removing a fault that is already over is not an error. */
function withdrawnByPage({ faults: plan }: Account, { method, target }: WireRequest) {
  const id = /\/faults\/(\d+)\/withdraw$/.exec(target)?.[1];
  if (method !== "POST" || id === undefined) return undefined;
  plan.cancel(Number(id));
  return { status: 303, headers: [["location", "/#faults"]], body: "" } satisfies WireResponse;
}

const OPERATIONS: { readonly [on in FaultTarget]?: readonly string[] } = {
  cloudfront: CLOUDFRONT_OPERATIONS.map(({ name }) => name),
  secretsmanager: Object.keys(SECRETS_OPERATIONS),
};

/** Refuses a fault that no call can trigger: its silence would look like a passed test. */
function known(fault: InjectedFault): InjectedFault {
  const { on, operation } = fault;
  const names = OPERATIONS[on];
  if (names === undefined || operation === undefined || names.includes(operation)) return fault;
  throw new UsageError("ERR_USAGE", `${on} has no operation "${operation}"`);
}

/** POST `{"on": "cloudfront", "seconds": 30, "share": 1}`; 0 seconds makes reads fresh again. */
function stale({ cloudFront, secrets }: Account, request: WireRequest): unknown {
  if (request.method === "POST") {
    const { on, seconds, share = 1 } = fieldsOf(request);
    if (typeof seconds !== "number" || typeof share !== "number") {
      throw new UsageError("ERR_USAGE", "seconds and share are numbers");
    }
    const model =
      requireOneOf("on", on, ["cloudfront", "secretsmanager"]) === "cloudfront" ? cloudFront : secrets;
    model.staleness = { length: seconds, share };
  }
  return { cloudfront: cloudFront.staleness, secretsmanager: secrets.staleness };
}

/** POST `{"secret": "NAME", "region": "eu-central-1", "status": "Failed", "message": "..."}`; `InSync` releases it. */
function replicas({ secrets }: Account, request: WireRequest): unknown {
  const fields = fieldsOf(request);
  const status = requireOneOf("status", fields.status ?? "InSync", ["Failed", "InProgress", "InSync"]);
  const message = typeof fields.message === "string" ? fields.message : undefined;
  const stuck = status === "InSync" ? undefined : { status, message };
  secrets.holdReplica(textOf(fields, "secret"), textOf(fields, "region"), stuck);
  return { held: stuck !== undefined };
}

/** POST `{"arn": "arn:aws:lambda:..."}`: RotateSecret accepts that function from now on; it never runs. */
function rotationFunctions({ secrets }: Account, request: WireRequest): unknown {
  if (request.method === "POST") secrets.allowRotationBy(textOf(fieldsOf(request), "arn"));
  return { functions: [...secrets.registry.rotationFunctions] };
}

/** POST a template of `keyturn unattended`, with its package's checksum in hex: `?sha256=...`. None of it runs. */
function deployment({ engine }: Account, { method, target, body }: WireRequest): unknown {
  if (method === "POST") {
    const sum = /[?&]sha256=([0-9a-f]{64})$/.exec(target)?.[1];
    if (sum === undefined) throw new UsageError("ERR_USAGE", "sha256 is not the package's checksum in hex");
    engine.deploy(Buffer.from(body).toString("utf8"), {
      codeSha256: Buffer.from(sum, "hex").toString("base64"),
    });
  }
  return { executions: engine.executions.map(({ name, status }) => ({ name, status })) };
}

/** POST `{"edit": "plain-put", "secret": "NAME", "value": "..."}`, or another edit. */
function thirdParty(account: Account, request: WireRequest): unknown {
  const fields = fieldsOf(request);
  const keyOf = () => textOf(fields, "publicKey");
  switch (fields.edit) {
    case "plain-put":
      return { versionId: plainPut(account, textOf(fields, "secret"), textOf(fields, "value")) };
    case "rewrite-old-value":
      return { versionId: rewriteOldValue(account, textOf(fields, "secret")) };
    case "add-key":
      editGroup(account, textOf(fields, "group"), (ids) => [...ids, keyOf()]);
      return { edited: true };
    case "remove-key":
      editGroup(account, textOf(fields, "group"), (ids) => ids.filter((id) => id !== keyOf()));
      return { edited: true };
    default:
      throw new UsageError(
        "ERR_USAGE",
        "edit is not one of plain-put, rewrite-old-value, add-key, remove-key",
      );
  }
}

function answering(run: (request: WireRequest) => Promise<unknown>): WireHandler {
  return async (request) => {
    try {
      return json(200, await run(request));
    } catch (thrown) {
      const isRefused = thrown instanceof CloudFrontRefusal || thrown instanceof SecretsRefusal;
      if (isRefused) return json(409, { error: thrown.message, code: thrown.code });
      if (isError(thrown, "ERR_USAGE")) return json(400, { error: thrown.message });
      throw thrown;
    }
  };
}

function fieldsOf({ body }: WireRequest): Fields {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString());
    if (typeof value === "object" && value !== null) return value as Fields;
  } catch {
    // Reported below, like JSON that is not an object.
  }
  throw new UsageError("ERR_USAGE", "the body is not a JSON object");
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "string" && value !== "") return value;
  throw new UsageError("ERR_USAGE", `the field ${name} is missing`);
}

const json = (status: number, value: unknown): WireResponse => ({
  status,
  headers: [["content-type", "application/json"]],
  body: JSON.stringify(value, (_name, each) => (each === Number.POSITIVE_INFINITY ? "always" : each)),
});
