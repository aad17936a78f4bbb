/**
 * Applies switched-on configuration faults to a stored distribution when it is read, because on AWS the API always shows
 * the configuration that the edge uses. Only the members that a fault changes are rewritten; the rest stays as it is.
 */
import type { CacheBehavior, Distribution } from "../../cloudfront/distribution.ts";
import { projectDistribution } from "./distribution-projection.ts";
import type { StoredDistribution } from "./state.ts";
import { child, element, itemsAt, quantityList, textAt, type XmlElement } from "./xml.ts";

export function overlaid(
  stored: StoredDistribution,
  change: (distribution: Distribution) => Distribution,
): StoredDistribution {
  const before = projectDistribution(stored, new Map(), "");
  const after = change(before);
  if (after === before) return stored;
  const changed = MEMBERS.flatMap(({ of, write }) =>
    of.some((member) => before[member] !== after[member]) ? write(after, stored.config) : [],
  );
  return { ...stored, config: withMembers(stored.config, changed) };
}

interface Member {
  readonly of: readonly (keyof Distribution)[];
  readonly write: (shown: Distribution, config: XmlElement) => readonly XmlElement[];
}

const MEMBERS: readonly Member[] = [
  { of: ["aliases"], write: ({ aliases }) => [quantityList("Aliases", leaves("CNAME", aliases))] },
  { of: ["connectionMode"], write: ({ connectionMode }) => [element("ConnectionMode", connectionMode)] },
  { of: ["webAclId"], write: ({ webAclId }) => [element("WebACLId", webAclId ?? "")] },
  {
    of: ["geoRestriction"],
    write: ({ geoRestriction }) => {
      const restriction = quantityList("GeoRestriction", leaves("Location", ["AQ"]));
      const type = element("RestrictionType", geoRestriction);
      return [element("Restrictions", [element("GeoRestriction", [type, ...restriction.children])])];
    },
  },
  {
    of: ["customErrorResponses"],
    write: ({ customErrorResponses }) => [
      quantityList(
        "CustomErrorResponses",
        customErrorResponses.map(({ errorCode, responseCode, responsePagePath }) =>
          element("CustomErrorResponse", [
            element("ErrorCode", errorCode),
            element("ResponsePagePath", responsePagePath ?? ""),
            element("ResponseCode", responseCode ?? ""),
          ]),
        ),
      ),
    ],
  },
  { of: ["behaviors"], write: writeBehaviors },
];

/** The default behavior is the last, and has no path pattern. */
function writeBehaviors({ behaviors }: Distribution, config: XmlElement): readonly XmlElement[] {
  const stored = [...itemsAt(config, "CacheBehaviors"), ...behaviorAt(config)];
  const written = behaviors.map((behavior) => {
    const pattern = (each: XmlElement) => textAt(each, "PathPattern") ?? "*";
    const like =
      stored.find((each) => pattern(each) === behavior.pathPattern) ??
      stored.find((each) => textAt(each, "TargetOriginId") === behavior.targetOriginId);
    return writeBehavior(behavior, like);
  });
  const [last, ...before] = written.toReversed();
  return [
    quantityList(
      "CacheBehaviors",
      before.toReversed().map(({ children }) => ({ name: "CacheBehavior", text: "", children })),
    ),
    element("DefaultCacheBehavior", last?.children.filter(({ name }) => name !== "PathPattern") ?? []),
  ];
}

const behaviorAt = (config: XmlElement) => {
  const last = child(config, "DefaultCacheBehavior");
  return last === undefined ? [] : [last];
};

/** `like`: the stored behavior that it is based on. */
function writeBehavior(behavior: CacheBehavior, like: XmlElement | undefined): XmlElement {
  const groups = leaves("KeyGroup", behavior.trustedKeyGroups);
  const methods = quantityList("AllowedMethods", leaves("Method", behavior.allowedMethods));
  const cached = child(child(like, "AllowedMethods"), "CachedMethods");
  const functions = behavior.viewerRequestFunctions.map((arn) =>
    element("FunctionAssociation", [element("FunctionARN", arn), element("EventType", "viewer-request")]),
  );
  return withMembers(like ?? element("CacheBehavior", []), [
    element("PathPattern", behavior.pathPattern),
    element("TrustedKeyGroups", [
      element("Enabled", groups.length > 0),
      ...quantityList("TrustedKeyGroups", groups).children,
    ]),
    element("ViewerProtocolPolicy", behavior.viewerProtocolPolicy),
    element("AllowedMethods", [...methods.children, cached]),
    ...(functions.length > 0 ? [quantityList("FunctionAssociations", functions)] : []),
  ]);
}

function withMembers(parent: XmlElement, members: readonly XmlElement[]): XmlElement {
  const written = new Map(members.map((member) => [member.name, member]));
  const kept = parent.children.map((each) => {
    const anew = written.get(each.name);
    written.delete(each.name);
    return anew ?? each;
  });
  return { ...parent, children: [...kept, ...written.values()] };
}

const leaves = (name: string, texts: readonly string[]) => texts.map((text) => element(name, text));
