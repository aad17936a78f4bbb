/** Key groups over REST-XML. An update goes to `/key-group/{Id}`, without the older resources' `/config`. */
import type { KeyGroupConfig } from "../../seams/cloud.ts";
import { elementTexts } from "./distribution-document.ts";
import { type Answer, type Call, checkMembers, idAt, type Operation, timestamp } from "./operation.ts";
import { listMembers, pageByMarker } from "./paging.ts";
import { refuseCloudFront } from "./refusal.ts";
import { resourceOperations } from "./resource-operations.ts";
import type { StoredKeyGroup } from "./state.ts";
import { child, element, textAt, type XmlElement } from "./xml.ts";

export const KEY_GROUP_OPERATIONS: readonly Operation[] = [
  ...resourceOperations({
    noun: "KeyGroup",
    nouns: "KeyGroups",
    path: "/key-group",
    updatePath: "/key-group/{}",
    collection: (model) => model.keyGroups,
    list: ({ model }) => model.keyGroups.list(),
    read: readConfig,
    write: writeGroup,
    writeConfig: ({ config }) => writeConfig(config),
    writeSummary: (group) => element("KeyGroupSummary", [writeGroup(group)]),
    listForm: "without Marker",
  }),
  {
    name: "ListDistributionsByKeyGroup",
    method: "GET",
    path: "/distributionsByKeyGroupId/{}",
    run: listDistributionsByKeyGroup,
  },
];

function listDistributionsByKeyGroup(call: Call): Answer {
  const page = pageByMarker(call, call.model.keyGroups.distributionIds(idAt(call)), (id) => id);
  const write = (id: string) => element("DistributionId", id);
  return { status: 200, root: element("DistributionIdList", listMembers(page, write, "with Marker")) };
}

function readConfig(call: Call): KeyGroupConfig {
  const root = call.body("KeyGroupConfig");
  checkMembers(root, ["Name", "Items"], ["Comment"]);
  const items = child(root, "Items")?.children ?? [];
  for (const { name } of items) {
    if (name !== "PublicKey") refuseCloudFront("MalformedInput", `Unexpected element ${name} in Items`);
  }
  return {
    name: textAt(root, "Name") ?? "",
    items: elementTexts(items),
    comment: textAt(root, "Comment") ?? "",
  };
}

function writeGroup({ id, modifiedAt, config }: StoredKeyGroup): XmlElement {
  return element("KeyGroup", [
    element("Id", id),
    element("LastModifiedTime", timestamp(modifiedAt)),
    writeConfig(config),
  ]);
}

/** `Items` is a plain list here, without a Quantity. */
function writeConfig({ name, items, comment }: KeyGroupConfig): XmlElement {
  return element("KeyGroupConfig", [
    element("Name", name),
    element(
      "Items",
      items.map((id) => element("PublicKey", id)),
    ),
    element("Comment", comment),
  ]);
}
