/** Which behaviors forward the viewer's Authorization header to a bucket whose requests CloudFront signs. */
import { describe, expect, it } from "vitest";
import { AUTHORIZATION_CHECKS } from "../../../src/audit/checks/authorization.ts";
import type { GateSnapshot } from "../../../src/audit/gate-snapshot.ts";
import type { NameSelection, Origin } from "../../../src/cloudfront/distribution.ts";

const NONE: NameSelection = { which: "none", names: [] };
interface Wiring {
  readonly cache?: NameSelection;
  readonly request?: NameSelection;
  readonly origin?: Partial<Origin>;
  readonly isGroup?: boolean;
}

function found({ cache = NONE, request = NONE, origin, isGroup }: Wiring): string[] {
  const policy = (name: string, headers: NameSelection) => ({
    name,
    headers,
    cookies: NONE,
    queryStrings: NONE,
  });
  const bucket = {
    id: "files",
    domainName: "b.s3.amazonaws.com",
    kind: "s3",
    accessControlId: "E1OAC",
    ...origin,
  };
  const snapshot = {
    gate: { keyGroups: ["g"], routes: [], distributions: ["E1"] },
    otherGates: [],
    distributions: [
      {
        id: "E1",
        aliases: [],
        origins: [bucket, { id: "app", domainName: "app.example.com", kind: "custom" }],
        originGroups: [{ id: "both", originIds: ["app", "files"] }],
        behaviors: [
          {
            pathPattern: "/p/*",
            targetOriginId: isGroup ? "both" : "files",
            trustedKeyGroups: ["g"],
            trustedSigners: [],
            cachePolicyId: "c",
            originRequestPolicyId: "o",
          },
        ],
      },
    ],
    inventory: {
      policies: new Map([
        ["c", policy("cache", cache)],
        ["o", policy("request", request)],
      ]),
    },
  } as unknown as GateSnapshot;
  return AUTHORIZATION_CHECKS.flatMap((check) =>
    [...check.look(snapshot)].map(({ evidence }) => evidence?.[0] ?? ""),
  );
}

describe("Authorization forwarded to an S3 origin with OAC", () => {
  it.each<[string, Wiring, string[]]>([
    [
      "is found if the cache policy names it",
      { cache: { which: "named", names: ["Authorization"] } },
      ["cache policy cache"],
    ],
    [
      "is found if named in lower case",
      { cache: { which: "named", names: ["authorization"] } },
      ["cache policy cache"],
    ],
    ["is found with AllViewer", { request: { which: "all", names: [] } }, ["origin request policy request"]],
    [
      "is found with AllViewerExceptHostHeader",
      { request: { which: "all-except", names: ["host"] } },
      ["origin request policy request"],
    ],
    [
      "is found in an origin group",
      { request: { which: "all", names: [] }, isGroup: true },
      ["origin request policy request"],
    ],
    [
      "is not found if it is an exception",
      { request: { which: "all-except", names: ["Authorization"] } },
      [],
    ],
    ["is not found if only other headers are named", { cache: { which: "named", names: ["Origin"] } }, []],
    [
      "is not found for a custom origin",
      { request: { which: "all", names: [] }, origin: { kind: "custom" } },
      [],
    ],
  ])("%s", (_, wiring, expected) => expect(found(wiring)).toEqual(expected));
  it("is not found if CloudFront does not sign", () => {
    const { accessControlId: _, ...origin } = { accessControlId: undefined, kind: "s3" as const };
    const wiring = {
      request: { which: "all", names: [] },
      origin: { ...origin, accessControlId: undefined },
    };
    expect(found(wiring as unknown as Wiring)).toEqual([]);
  });
});
