/** Incidents in the sandbox's demo gate: how each is caused, and where following the printed steps must lead. */
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { deleteSecret } from "../../src/sandbox/secrets/lifecycle.ts";
import { addReplicas, holdReplica } from "../../src/sandbox/secrets/replication.ts";
import { createSecret } from "../../src/sandbox/secrets/values.ts";
import { editGroup } from "../../src/sandbox/third-party.ts";
import {
  addKey,
  currentKeyId,
  type FaultOptions,
  type ProbedSite,
  putSecret,
  trustOnly,
  turnOn,
} from "../probe/fault-site.ts";

export interface Incident extends FaultOptions {
  readonly name: string;
  readonly seed?: (site: ProbedSite) => void | Promise<void>;
  /** Healthy again, or what the printed advice must say if settings or people have to change. */
  readonly ends: "healthy" | readonly RegExp[];
  /** The most commands that it may take, including the first and the last `keyturn triage`. */
  readonly most: number;
}

const SECRET: string = DEMO.secret;
const REPLICA = "eu-west-1";

const switchedOn =
  (id: string) =>
  ({ site }: ProbedSite) =>
    turnOn(site, id);

export const INCIDENTS: readonly Incident[] = [
  {
    name: "an open gate: a behavior lost its key group",
    seed: switchedOn("behavior-unprotected"),
    ends: [
      /trusted_key_groups = \["[0-9a-f-]{36}"\]/,
      /TrustedKeyGroups: \["[0-9a-f-]{36}"\]/,
      /PathPattern: "\/api\/\*"/,
    ],
    most: 3,
  },
  {
    name: "a dropped key: somebody replaced the group's keys",
    seed: (site) => trustOnly(site, addKey(site, "other.pem")),
    ends: "healthy",
    most: 3,
  },
  {
    name: "a stale replica: one region's signers still use the value before last",
    seed: async ({ site, world }) => {
      const { registry } = site.account.secrets;
      addReplicas(registry, DEMO.region, SECRET, [{ region: REPLICA }], false);
      const stuck = { status: "Failed", message: "the KMS key of the replica was disabled" } as const;
      holdReplica(registry, DEMO.region, SECRET, REPLICA, stuck);
      site.account.secrets.put(SECRET, site.account.secrets.text(SECRET) ?? "");
      await world.clock.advance(60);
    },
    yaml: (yaml) => yaml.replace("      cacheTtl:", `      regions: [${REPLICA}]\n      cacheTtl:`),
    ends: "healthy",
    most: 3,
  },
  {
    name: "a failed replica: another secret has its name in that region",
    seed: async ({ site, world }) => {
      const { registry } = site.account.secrets;
      const theirs = { name: SECRET, token: "a".repeat(32), value: { text: "theirs" }, replicas: [] };
      createSecret(registry, REPLICA, theirs);
      addReplicas(registry, DEMO.region, SECRET, [{ region: REPLICA }], false);
      await world.clock.advance(60);
    },
    yaml: (yaml) => yaml.replace("      cacheTtl:", `      regions: [${REPLICA}]\n      cacheTtl:`),
    ends: "healthy",
    most: 3,
  },
  {
    name: "a WAF rule that blocks everybody",
    seed: switchedOn("waf-block"),
    ends: [
      /web ACL block-all/,
      /aws_wafv2_web_acl block-all/,
      /count \{\}/,
      /AWS::WAFv2::WebACL block-all/,
      /Count: \{\}/,
    ],
    most: 3,
  },
  {
    name: "somebody else's unfinished rotation, whose new key a deployment removed",
    seed: async (site) => {
      await site.run("rotate start --gate demo --key-type ecdsa-p256 --yes --wait --until signer-switched");
      const old = currentKeyId(site);
      editGroup(site.site.account, site.site.ids.keyGroupId, () => [old]);
      await site.world.clock.advance(30);
    },
    ends: "healthy",
    most: 4,
  },
  {
    name: "an expired mint role: the application may no longer read the secret",
    seed: switchedOn("mint-secret-denied"),
    ends: [/keyturn iam --role minter --gate demo/],
    most: 3,
  },
  {
    name: "an untrusted key: a script stored a key that no group trusts",
    seed: (site) => storeOtherKey(site),
    ends: "healthy",
    most: 3,
  },
  {
    name: "a wrong key pair ID in the secret",
    seed: async (site) => {
      const other = addKey(site, "other.pem");
      await trustOnly(site, currentKeyId(site), other);
      putSecret(site, { keyPairId: other });
      await site.world.clock.advance(60);
    },
    ends: "healthy",
    most: 4,
  },
  {
    name: "a shadowed behavior: an earlier public one catches part of the route",
    seed: switchedOn("behavior-shadowed"),
    ends: [
      /path_pattern +=/,
      /trusted_key_groups = \["[0-9a-f-]{36}"\]/,
      /PathPattern: "\*\/re\*"/,
      /TrustedKeyGroups:/,
    ],
    most: 3,
  },
  {
    name: "clock skew: this machine is a day behind",
    behind: 86_400,
    ends: [/clock/, /timedatectl|chrony|NTP/],
    most: 3,
  },
  {
    name: "an open origin: the application no longer asks for the edge's header",
    seed: switchedOn("origin-verification-skipped"),
    ends: [/make the origin refuse requests without its verification header/],
    most: 3,
  },
  {
    name: "the application's own 403 on a route that only the edge guards",
    meddle: (_, request, answer) =>
      request.url.includes("/media/") && answer.status < 300
        ? {
            ...answer,
            status: 403,
            headers: answer.headers.map(([name, value]) => [
              name,
              /^content-type$/i.test(name) ? "application/json" : value,
            ]),
            body: '{"error":"no plan"}',
          }
        : answer,
    ends: [/application/],
    most: 3,
  },
  {
    name: "a mint endpoint whose cookies lack HttpOnly",
    seed: switchedOn("cookie-not-http-only"),
    ends: [/HttpOnly/],
    most: 3,
  },
  {
    name: "a mint endpoint that requires no session",
    seed: switchedOn("mint-without-session"),
    ends: [/session/],
    most: 3,
  },
  {
    name: "a secret scheduled for deletion",
    seed: ({ site }) => {
      deleteSecret(site.account.secrets.registry, DEMO.region, SECRET, { isForced: false });
    },
    ends: "healthy",
    most: 3,
  },
  {
    name: "managed rotation switched on in Secrets Manager",
    seed: ({ site }) => {
      const { registry } = site.account.secrets;
      registry.save({ ...registry.findPrimary(DEMO.region, SECRET), rotation: { enabled: true } });
    },
    ends: "healthy",
    most: 3,
  },
  {
    name: "a custom error page that hides every denial",
    seed: switchedOn("error-page-200"),
    ends: [/custom_error_response/, /CustomErrorResponses:/],
    most: 3,
  },
  {
    name: "a geo restriction that blocks everybody",
    seed: switchedOn("geo-block"),
    ends: [/restriction_type = "none"/, /RestrictionType: "none"/],
    most: 3,
  },
  {
    name: "an edge function that answers 403",
    seed: switchedOn("edge-function-403"),
    ends: [/function_association/, /FunctionAssociations:/],
    most: 3,
  },
  {
    name: "a host name that the distribution no longer serves",
    seed: switchedOn("alias-missing"),
    ends: [/aliases += \[.*"app\.keyturn\.localhost"/, /Aliases: \[.*"app\.keyturn\.localhost"/],
    most: 3,
  },
  {
    name: "plain HTTP on protected behaviors",
    seed: switchedOn("http-allowed"),
    ends: [/viewer_protocol_policy = "redirect-to-https"/, /ViewerProtocolPolicy: "redirect-to-https"/],
    most: 3,
  },
];

async function storeOtherKey(site: ProbedSite): Promise<void> {
  const id = addKey(site, "stored.pem");
  putSecret(site, { privateKey: site.world.files.text("stored.pem"), keyPairId: id });
  await site.world.clock.advance(60);
}
