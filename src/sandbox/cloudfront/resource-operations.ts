/** The six operations that every resource with an ETag has: create, list, get, get its configuration, update, delete. */
import type { CloudFrontModel } from "./model.ts";
import { type Answer, type Call, idAt, locationOf, type Operation } from "./operation.ts";
import { listMembers, pageByMarker } from "./paging.ts";
import { element, type XmlElement } from "./xml.ts";

interface Stored {
  readonly id: string;
  readonly etag: string;
}

export interface ResourceDefinition<S extends Stored, Config> {
  /** As in `CreateKeyGroup`, and in `ListKeyGroups`. */
  readonly noun: string;
  readonly nouns: string;
  /** Under `/2020-05-31`. */
  readonly path: string;
  /** Where updates go: the older resources use `/config`. */
  readonly updatePath: string;
  readonly collection: (model: CloudFrontModel) => {
    create(config: Config): S;
    get(id: string): S;
    update(id: string, ifMatch: string | undefined, config: Config): S;
    delete(id: string, ifMatch: string | undefined): void;
  };
  /** The items of a list call: all, unless the query filters them. */
  readonly list: (call: Call) => readonly S[];
  readonly read: (call: Call) => Config;
  readonly write: (stored: S, call: Call) => XmlElement;
  readonly writeConfig: (stored: S) => XmlElement;
  readonly writeSummary: (stored: S, call: Call) => XmlElement;
  readonly listForm: "with Marker" | "without Marker";
}

export function resourceOperations<S extends Stored, Config>(
  resource: ResourceDefinition<S, Config>,
): readonly Operation[] {
  const { noun, nouns, path, updatePath, collection, write, writeConfig } = resource;
  const one = `${path}/{}`;
  const answer = (stored: S, root: XmlElement): Answer => ({ status: 200, root, etag: stored.etag });
  const whole = (stored: S, call: Call) => answer(stored, write(stored, call));
  return [
    {
      name: `Create${noun}`,
      method: "POST",
      path,
      run: (call) => created(resource, collection(call.model).create(resource.read(call)), call),
    },
    {
      name: `List${nouns}`,
      method: "GET",
      path,
      run: (call) => {
        const page = pageByMarker(call, resource.list(call), ({ id }) => id);
        const members = listMembers(page, (each) => resource.writeSummary(each, call), resource.listForm);
        return { status: 200, root: element(`${noun}List`, members) };
      },
    },
    {
      name: `Get${noun}`,
      method: "GET",
      path: one,
      run: (call) => whole(collection(call.model).get(idAt(call)), call),
    },
    {
      name: `Get${noun}Config`,
      method: "GET",
      path: `${one}/config`,
      run: (call) => {
        const stored = collection(call.model).get(idAt(call));
        return answer(stored, writeConfig(stored));
      },
    },
    {
      name: `Update${noun}`,
      method: "PUT",
      path: updatePath,
      run: (call) =>
        whole(collection(call.model).update(idAt(call), call.ifMatch, resource.read(call)), call),
    },
    {
      name: `Delete${noun}`,
      method: "DELETE",
      path: one,
      run: (call) => {
        collection(call.model).delete(idAt(call), call.ifMatch);
        return { status: 204 };
      },
    },
  ];
}

/** The response to a creation, with the new resource's URL. */
export function created<S extends Stored, Config>(
  { path, write }: Pick<ResourceDefinition<S, Config>, "path" | "write">,
  stored: S,
  call: Call,
): Answer {
  const location = locationOf(`${path.slice(1)}/${stored.id}`);
  return { status: 201, root: write(stored, call), etag: stored.etag, location };
}
