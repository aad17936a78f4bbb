/** Everything that the sandbox can do to a rotation, by name: the columns of the fault matrix. */
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { EDGE_FAULTS } from "../../src/sandbox/edge/edge-faults.ts";
import { FAULT_KINDS, type FaultKind } from "../../src/sandbox/faults.ts";
import { APPLICATION_FAULTS } from "../../src/sandbox/origin/faults.ts";
import { editGroup, plainPut } from "../../src/sandbox/third-party.ts";
import { ODD_CLOCKS, type Showing } from "../fakes/odd-clock.ts";
import type { SiteWorld } from "./site-world.ts";

export interface SandboxFault {
  readonly name: string;
  readonly strike: (world: SiteWorld) => void;
  /** Somebody else's write, which outlasts everything else. Only an open rotation can repair it. */
  readonly isEdit?: true;
  /** Hides the edge's verdict on the key, so that nothing can be proven. */
  readonly blinds?: true;
  /** The time that the operator's machine shows. */
  readonly clock?: Showing;
  /** The rotation waits for as long as this lasts. */
  readonly isEndless?: true;
}

const REGION = "eu-central-1";
/** The other kinds are about AWS credentials, which edge and origin do not know. */
const WEB_KINDS = FAULT_KINDS.slice(0, 6);

function fault(
  on: "cloudfront" | "secretsmanager" | "edge" | "origin",
  kind: FaultKind,
): readonly SandboxFault[] {
  const order = (times: number) => (world: SiteWorld) => {
    world.site.account.faults.order({ on, kind, times, seconds: 3 });
  };
  return [
    { name: `${on}: ${kind}, five times`, strike: order(5) },
    {
      name: `${on}: ${kind}, for ever`,
      strike: order(Number.POSITIVE_INFINITY),
      ...(on === "edge" && kind !== "delay" ? { blinds: true } : {}),
    },
  ];
}

function stale(on: "cloudFront" | "secrets", length: number, share: number): SandboxFault {
  return {
    name: `${on}: ${share * 100} % of reads ${length} s stale`,
    strike: ({ site }) => {
      site.account[on].staleness = { length, share };
    },
  };
}

const edit = (name: string, strike: (world: SiteWorld) => void): SandboxFault => ({
  name: `somebody ${name}`,
  strike,
  isEdit: true,
});

function regroup({ site }: SiteWorld, change: (ids: readonly string[]) => readonly string[]): void {
  const items = site.account.cloudFront.keyGroups.get(site.ids.keyGroupId).config.items;
  const changed = change(items);
  if (changed.length > 0) editGroup(site.account, site.ids.keyGroupId, () => changed, "by hand");
}

/** Uploads a key that is neither the rotation's old nor its new one. */
function uploadStranger({ site }: SiteWorld): string {
  const { publicKeys } = site.account.cloudFront;
  const [any] = publicKeys.list();
  const encodedKey = STRANGER;
  const config = { callerReference: "a stranger", name: "stranger", encodedKey, comment: "" };
  return publicKeys.create({ ...any?.config, ...config }).id;
}

/** The other switches do not change the result of a signature check, or act after it. */
const BLINDING: ReadonlySet<string> = new Set([
  "error-page-same-status",
  "error-page-200",
  "behavior-unprotected",
  "alias-missing",
  "waf-block",
  "geo-block",
  "edge-function-403",
]);

const STRANGER = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKgnO3UqSXowC2z/ihcNHNTK6cAYF
gxbarDnte5SX2ayBMyDkfMfASQY2TjSptwEX2BFoa8NQPSHzSFwGAy/hoQ==
-----END PUBLIC KEY-----
`;

export const SANDBOX_FAULTS: readonly SandboxFault[] = [
  ...Object.entries(ODD_CLOCKS).map(
    ([odd, clock]): SandboxFault => ({ name: `the machine's clock: ${odd}`, strike: () => {}, clock }),
  ),
  ...(["cloudfront", "secretsmanager", "edge"] as const).map(
    (on): SandboxFault => ({
      name: `${on}: an answer dated ten minutes ahead, then others`,
      strike: ({ site }) => {
        site.account.faults.order({ on, kind: "misdated", times: 3, skip: 2, seconds: 600 });
      },
    }),
  ),
  ...FAULT_KINDS.flatMap((kind) => [...fault("cloudfront", kind), ...fault("secretsmanager", kind)]),
  ...WEB_KINDS.flatMap((kind) => [...fault("edge", kind), ...fault("origin", kind)]),
  stale("cloudFront", 20, 1),
  stale("cloudFront", 3, 0.5),
  stale("secrets", 20, 1),
  stale("secrets", 3, 0.5),
  ...(["InProgress", "Failed"] as const).map(
    (status): SandboxFault => ({
      name: `the replica is ${status}`,
      ...(status === "InProgress" ? { isEndless: true } : {}),
      strike: ({ site }) => {
        const { registry } = site.account.secrets;
        const secret = registry.findWritable(DEMO.region, DEMO.secret);
        if (secret.replicas.length === 0) registry.save({ ...secret, replicas: [{ region: REGION }] });
        site.account.secrets.holdReplica(DEMO.secret, REGION, { status });
      },
    }),
  ),
  edit("takes the newest key out of the group", (world) => regroup(world, (ids) => ids.slice(0, -1))),
  edit("takes the oldest key out of the group", (world) => regroup(world, (ids) => ids.slice(1))),
  edit("puts a key of their own into the group", (world) => {
    const id = uploadStranger(world);
    regroup(world, (ids) => [...ids, id]);
  }),
  edit("writes the group's comment", (world) => regroup(world, (ids) => ids)),
  edit("puts a stranger's key into the secret", ({ site }) => {
    plainPut(site.account, DEMO.secret, '{"keyPairId":"KSTRANGER00000","privateKey":"none"}');
  }),
  edit("puts the old value into the secret", ({ site }) => {
    const { registry } = site.account.secrets;
    const [first] = registry.findPrimary(DEMO.region, DEMO.secret).versions;
    plainPut(site.account, DEMO.secret, first !== undefined && "text" in first.value ? first.value.text : "");
  }),
  edit("takes keyturn's labels away", ({ site }) => {
    const { secrets } = site.account;
    for (const [from, labels] of Object.entries(secrets.stages(DEMO.secret))) {
      for (const label of labels) {
        if (label.startsWith("keyturn-")) secrets.moveStage(DEMO.secret, label, { from });
      }
    }
  }),
  ...Object.keys(APPLICATION_FAULTS).map(
    (id): SandboxFault => ({
      name: `the application: ${id}`,
      strike: ({ site }) => site.switches.application.turn(id, true),
    }),
  ),
  ...Object.keys(EDGE_FAULTS).map(
    (id): SandboxFault => ({
      name: `the edge: ${id}`,
      strike: ({ site }) => site.switches.edge.turn(id, true),
      ...(BLINDING.has(id) ? { blinds: true } : {}),
    }),
  ),
];

/** Ends everything that can end by itself. */
export function clearFaults({ site }: SiteWorld): void {
  const { faults, cloudFront, secrets } = site.account;
  faults.clear();
  site.switches.edge.clear();
  site.switches.application.clear();
  cloudFront.staleness = { length: 0, share: 0 };
  secrets.staleness = { length: 0, share: 0 };
  if (secrets.registry.findPrimary(DEMO.region, DEMO.secret).replicas.length > 0) {
    secrets.holdReplica(DEMO.secret, REGION, undefined);
  }
}
