/** Key groups over REST-XML. An update goes to `/key-group/{Id}`, without the `/config` that the other nouns have. */
import type { KeyGroupConfig } from "../../seams.ts";
import { textsOf } from "./distribution-document.ts";
import {
  type Answer,
  type Call,
  checkMembers,
  idAt,
  listMembers,
  locationOf,
  type Operation,
  pageOf,
  timestamp,
} from "./operation.ts";
import { refuse } from "./refusal.ts";
import type { StoredKeyGroup } from "./state.ts";
import { child, element, textAt, type XmlElement } from "./xml.ts";

export const KEY_GROUP_OPERATIONS: readonly Operation[] = [
  { name: "CreateKeyGroup", method: "POST", path: "/key-group", run: createKeyGroup },
  { name: "ListKeyGroups", method: "GET", path: "/key-group", run: listKeyGroups },
  { name: "GetKeyGroup", method: "GET", path: "/key-group/{}", run: getKeyGroup },
  { name: "GetKeyGroupConfig", method: "GET", path: "/key-group/{}/config", run: getKeyGroupConfig },
  { name: "UpdateKeyGroup", method: "PUT", path: "/key-group/{}", run: updateKeyGroup },
  { name: "DeleteKeyGroup", method: "DELETE", path: "/key-group/{}", run: deleteKeyGroup },
  {
    name: "ListDistributionsByKeyGroup",
    method: "GET",
    path: "/distributionsByKeyGroupId/{}",
    run: listDistributionsByKeyGroup,
  },
];

function createKeyGroup(call: Call): Answer {
  const group = call.model.keyGroups.create(readConfig(call));
  return {
    status: 201,
    root: writeGroup(group),
    etag: group.etag,
    location: locationOf(`key-group/${group.id}`),
  };
}

function getKeyGroup(call: Call): Answer {
  const group = call.model.keyGroups.get(idAt(call));
  return { status: 200, root: writeGroup(group), etag: group.etag };
}

function getKeyGroupConfig(call: Call): Answer {
  const group = call.model.keyGroups.get(idAt(call));
  return { status: 200, root: writeConfig(group.config), etag: group.etag };
}

function updateKeyGroup(call: Call): Answer {
  const group = call.model.keyGroups.update(idAt(call), call.ifMatch, readConfig(call));
  return { status: 200, root: writeGroup(group), etag: group.etag };
}

function deleteKeyGroup(call: Call): Answer {
  call.model.keyGroups.delete(idAt(call), call.ifMatch);
  return { status: 204 };
}

function listKeyGroups(call: Call): Answer {
  const page = pageOf(call, call.model.keyGroups.list(), ({ id }) => id);
  const summary = (group: StoredKeyGroup) => element("KeyGroupSummary", [writeGroup(group)]);
  return { status: 200, root: element("KeyGroupList", listMembers(page, summary, "without Marker")) };
}

function listDistributionsByKeyGroup(call: Call): Answer {
  const page = pageOf(call, call.model.keyGroups.distributionIds(idAt(call)), (id) => id);
  const write = (id: string) => element("DistributionId", id);
  return { status: 200, root: element("DistributionIdList", listMembers(page, write, "with Marker")) };
}

function readConfig(call: Call): KeyGroupConfig {
  const root = call.body("KeyGroupConfig");
  checkMembers(root, ["Name", "Items"], ["Comment"]);
  const items = child(root, "Items")?.children ?? [];
  for (const { name } of items) {
    if (name !== "PublicKey") refuse("MalformedInput", `Unexpected element ${name} in Items`);
  }
  return {
    name: textAt(root, "Name") ?? "",
    items: textsOf(items),
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
