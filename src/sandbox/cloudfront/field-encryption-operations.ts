/** Field-level encryption profiles over REST-XML: only what shows which public keys they use (API Reference). */
import { type Answer, type Call, type Operation, timestamp } from "./operation.ts";
import { listMembers, pageByMarker } from "./paging.ts";
import type { FieldEncryptionProfile } from "./state.ts";
import { element, quantityList, type XmlElement } from "./xml.ts";

export const FIELD_ENCRYPTION_OPERATIONS: readonly Operation[] = [
  {
    name: "ListFieldLevelEncryptionProfiles",
    method: "GET",
    path: "/field-level-encryption-profile",
    run: listProfiles,
  },
];

function listProfiles(call: Call): Answer {
  const page = pageByMarker(call, call.model.fieldEncryptionProfiles, ({ id }) => id);
  const members = listMembers(page, writeSummary, "without Marker");
  return { status: 200, root: element("FieldLevelEncryptionProfileList", members) };
}

function writeSummary({ id, name, publicKeyIds }: FieldEncryptionProfile): XmlElement {
  const entities = publicKeyIds.map((publicKeyId) =>
    element("EncryptionEntity", [
      element("PublicKeyId", publicKeyId),
      element("ProviderId", name),
      quantityList("FieldPatterns", [element("FieldPattern", "*")]),
    ]),
  );
  return element("FieldLevelEncryptionProfileSummary", [
    element("Id", id),
    element("LastModifiedTime", timestamp(0)),
    element("Name", name),
    quantityList("EncryptionEntities", entities),
    element("Comment", ""),
  ]);
}
