/** Public keys over REST-XML (API Reference, CreatePublicKey and its neighbours). */
import type { PublicKeyConfig } from "../../seams.ts";
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
import type { StoredPublicKey } from "./state.ts";
import { element, textAt, type XmlElement } from "./xml.ts";

export const PUBLIC_KEY_OPERATIONS: readonly Operation[] = [
  { name: "CreatePublicKey", method: "POST", path: "/public-key", run: createPublicKey },
  { name: "ListPublicKeys", method: "GET", path: "/public-key", run: listPublicKeys },
  { name: "GetPublicKey", method: "GET", path: "/public-key/{}", run: getPublicKey },
  { name: "GetPublicKeyConfig", method: "GET", path: "/public-key/{}/config", run: getPublicKeyConfig },
  { name: "UpdatePublicKey", method: "PUT", path: "/public-key/{}/config", run: updatePublicKey },
  { name: "DeletePublicKey", method: "DELETE", path: "/public-key/{}", run: deletePublicKey },
];

function createPublicKey(call: Call): Answer {
  const key = call.model.publicKeys.create(readConfig(call));
  return { status: 201, root: writeKey(key), etag: key.etag, location: locationOf(`public-key/${key.id}`) };
}

function getPublicKey(call: Call): Answer {
  const key = call.model.publicKeys.get(idAt(call));
  return { status: 200, root: writeKey(key), etag: key.etag };
}

function getPublicKeyConfig(call: Call): Answer {
  const key = call.model.publicKeys.get(idAt(call));
  return { status: 200, root: writeConfig(key.config), etag: key.etag };
}

function updatePublicKey(call: Call): Answer {
  const key = call.model.publicKeys.update(idAt(call), call.ifMatch, readConfig(call));
  return { status: 200, root: writeKey(key), etag: key.etag };
}

function deletePublicKey(call: Call): Answer {
  call.model.publicKeys.delete(idAt(call), call.ifMatch);
  return { status: 204 };
}

function listPublicKeys(call: Call): Answer {
  const page = pageOf(call, call.model.publicKeys.list(), ({ id }) => id);
  return { status: 200, root: element("PublicKeyList", listMembers(page, writeSummary, "without Marker")) };
}

function readConfig(call: Call): PublicKeyConfig {
  const root = call.body("PublicKeyConfig");
  checkMembers(root, ["CallerReference", "Name", "EncodedKey"], ["Comment"]);
  return {
    callerReference: textAt(root, "CallerReference") ?? "",
    name: textAt(root, "Name") ?? "",
    encodedKey: textAt(root, "EncodedKey") ?? "",
    // Given back as "" where none was sent, as recorded from AWS.
    comment: textAt(root, "Comment") ?? "",
  };
}

function writeKey({ id, createdAt, config }: StoredPublicKey): XmlElement {
  return element("PublicKey", [
    element("Id", id),
    element("CreatedTime", timestamp(createdAt)),
    writeConfig(config),
  ]);
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
