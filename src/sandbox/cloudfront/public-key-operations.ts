/** Public keys over REST-XML (API Reference, CreatePublicKey and related operations). */
import type { PublicKeyConfig } from "../../seams/cloud.ts";
import { type Call, checkMembers, type Operation, timestamp } from "./operation.ts";
import { resourceOperations } from "./resource-operations.ts";
import type { StoredPublicKey } from "./state.ts";
import { element, textAt, type XmlElement } from "./xml.ts";

export const PUBLIC_KEY_OPERATIONS: readonly Operation[] = resourceOperations({
  noun: "PublicKey",
  nouns: "PublicKeys",
  path: "/public-key",
  updatePath: "/public-key/{}/config",
  collection: (model) => model.publicKeys,
  list: ({ model }) => model.publicKeys.list(),
  read: readConfig,
  write: ({ id, createdAt, config }) =>
    element("PublicKey", [
      element("Id", id),
      element("CreatedTime", timestamp(createdAt)),
      writeConfig(config),
    ]),
  writeConfig: ({ config }) => writeConfig(config),
  writeSummary,
  listForm: "without Marker",
});

function readConfig(call: Call): PublicKeyConfig {
  const root = call.body("PublicKeyConfig");
  checkMembers(root, ["CallerReference", "Name", "EncodedKey"], ["Comment"]);
  return {
    callerReference: textAt(root, "CallerReference") ?? "",
    name: textAt(root, "Name") ?? "",
    encodedKey: textAt(root, "EncodedKey") ?? "",
    // Returned as "" if none was sent, as recorded from AWS.
    comment: textAt(root, "Comment") ?? "",
  };
}

function writeConfig(config: PublicKeyConfig): XmlElement {
  return element("PublicKeyConfig", [
    element("CallerReference", config.callerReference),
    element("Name", config.name),
    element("EncodedKey", config.encodedKey),
    element("Comment", config.comment),
  ]);
}

function writeSummary({ id, createdAt, config }: StoredPublicKey): XmlElement {
  return element("PublicKeySummary", [
    element("Id", id),
    element("Name", config.name),
    element("CreatedTime", timestamp(createdAt)),
    element("EncodedKey", config.encodedKey),
    element("Comment", config.comment),
  ]);
}
