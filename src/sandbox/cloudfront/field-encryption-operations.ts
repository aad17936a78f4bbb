/** Field-level encryption profiles over REST-XML: only what shows which public keys they use (API Reference). */
import { type Answer, type Call, type Operation, timestamp } from "./operation.ts";
import { listMembers, pageOf } from "./paging.ts";
import type { FieldEncryptionProfile } from "./state.ts";
import { counted, element, type XmlElement } from "./xml.ts";

export const FIELD_ENCRYPTION_OPERATIONS: readonly Operation[] = [
  {
    name: "ListFieldLevelEncryptionProfiles",
    method: "GET",
    path: "/field-level-encryption-profile",
    run: listProfiles,
  },
];

function listProfiles(call: Call): Answer {
  const page = pageOf(call, call.model.fieldEncryptionProfiles, ({ id }) => id);
  const members = listMembers(page, writeSummary, "without Marker");
  return { status: 200, root: element("FieldLevelEncryptionProfileList", members) };
}

function writeSummary({ id, name, publicKeyIds }: FieldEncryptionProfile): XmlElement {
  const entities = publicKeyIds.map((publicKeyId) =>
    element("EncryptionEntity", [
      element("PublicKeyId", publicKeyId),
      element("ProviderId", name),
      counted("FieldPatterns", [element("FieldPattern", "*")]),
    ]),
  );
  return element("FieldLevelEncryptionProfileSummary", [
    element("Id", id),
    element("LastModifiedTime", timestamp(0)),
    element("Name", name),
    counted("EncryptionEntities", entities),
    element("Comment", ""),
  ]);
}
