/** Invalidations over REST-XML. */
import { elementTexts } from "./distribution-document.ts";
import {
  type Answer,
  type Call,
  checkMembers,
  idAt,
  locationOf,
  type Operation,
  timestamp,
} from "./operation.ts";
import { listMembers, pageByMarker } from "./paging.ts";
import type { StoredInvalidation } from "./state.ts";
import { checkQuantities } from "./validation.ts";
import { element, itemsAt, textAt, type XmlElement } from "./xml.ts";

const PATH = "/distribution/{}/invalidation";
export const INVALIDATION_OPERATIONS: readonly Operation[] = [
  { name: "CreateInvalidation", method: "POST", path: PATH, run: createInvalidation },
  { name: "ListInvalidations", method: "GET", path: PATH, run: listInvalidations },
  { name: "GetInvalidation", method: "GET", path: `${PATH}/{}`, run: getInvalidation },
];

function createInvalidation(call: Call): Answer {
  const batch = call.body("InvalidationBatch");
  checkMembers(batch, ["Paths", "CallerReference"]);
  checkQuantities(batch);
  const paths = elementTexts(itemsAt(batch, "Paths"));
  const reference = textAt(batch, "CallerReference") ?? "";
  const invalidation = call.model.invalidations.create(idAt(call), reference, paths);
  const location = locationOf(`distribution/${idAt(call)}/invalidation/${invalidation.id}`);
  return { status: 201, root: write(call, invalidation), location };
}

function getInvalidation(call: Call): Answer {
  return { status: 200, root: write(call, call.model.invalidations.get(idAt(call), idAt(call, 1))) };
}

function listInvalidations(call: Call): Answer {
  const page = pageByMarker(call, call.model.invalidations.list(idAt(call)), ({ id }) => id);
  const summary = (each: StoredInvalidation) => element("InvalidationSummary", head(call, each));
  return { status: 200, root: element("InvalidationList", listMembers(page, summary, "with Marker")) };
}

function head(call: Call, invalidation: StoredInvalidation): readonly XmlElement[] {
  return [
    element("Id", invalidation.id),
    element("CreateTime", timestamp(invalidation.createdAt)),
    element("Status", call.model.invalidations.statusOf(invalidation)),
  ];
}

function write(call: Call, invalidation: StoredInvalidation): XmlElement {
  const paths = invalidation.paths.map((path) => element("Path", path));
  return element("Invalidation", [
    ...head(call, invalidation),
    element("InvalidationBatch", [
      element("Paths", [element("Quantity", paths.length), element("Items", paths)]),
      element("CallerReference", invalidation.callerReference),
    ]),
  ]);
}
