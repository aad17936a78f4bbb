/** AWS's managed origin request policies, by their names in the guide (DG:using-managed-origin-request-policies). */
export const ORIGIN_REQUEST_POLICY_IDS = {
  AllViewer: "216adef6-5c7f-47e4-b989-5492eafa07d3",
  "AllViewerAndCloudFrontHeaders-2022-06": "33f36d7e-f396-46d9-90e0-52428a34d9dc",
  AllViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  "CORS-S3Origin": "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
  "CORS-CustomOrigin": "59781a5b-3903-41f3-afcb-af62929ccde1",
  "Elemental-MediaTailor-PersonalizedManifests": "775133bc-15f2-49f9-abea-afb2e0bf67d2",
  HostHeaderOnly: "bf0718e1-ba1e-49d1-88b1-f726733018ae",
  UserAgentRefererHeaders: "acba4595-bd28-49b8-b9fe-13317c0390fa",
} as const;

/** Undefined for any other name. The API's prefix `Managed-` is optional. */
export function managedOriginRequestPolicy(name: string): string | undefined {
  const bare = name.replace(/^Managed-/, "");
  return Object.hasOwn(ORIGIN_REQUEST_POLICY_IDS, bare)
    ? ORIGIN_REQUEST_POLICY_IDS[bare as keyof typeof ORIGIN_REQUEST_POLICY_IDS]
    : undefined;
}
