/** Conditional changes of a key group: read, merge, write with the ETag that was read. */
import { isError } from "../errors.ts";
import type { ControlPlane, KeyGroup } from "../seams/cloud.ts";

type Plane = Pick<ControlPlane, "getKeyGroup" | "updateKeyGroup">;

/** How often a faster writer may win before the change gives up. */
const ATTEMPTS = 3;

/**
 * Replaces the group's keys with the result of `next`, which gets the current ones; undefined means no change.
 * Name and Comment stay (rotations keep their epochs in the Comment). `next` runs again on what a faster writer left,
 * and may throw. Resolves to whether this call wrote, and to the group as it is now. Throws ERR_PRECONDITION when others
 * keep winning; if a response was lost, the next read shows the result.
 */
export async function changeKeyGroup(
  groupId: string,
  next: (group: KeyGroup) => readonly string[] | undefined,
  plane: Plane,
): Promise<{ readonly changed: boolean; readonly group: KeyGroup }> {
  let maybeWritten = false;
  for (let attempt = 1; ; attempt += 1) {
    const { value, etag } = await plane.getKeyGroup(groupId);
    const items = next(value);
    if (items === undefined) return { changed: maybeWritten, group: value };
    try {
      const { name, comment } = value;
      const written = await plane.updateKeyGroup(groupId, etag, { name, comment, items });
      return { changed: true, group: written.value };
    } catch (thrown) {
      const isLost = isError(thrown, "ERR_REMOTE", "ERR_UNREACHABLE", "ERR_THROTTLED");
      if (!(isLost || isError(thrown, "ERR_PRECONDITION")) || attempt === ATTEMPTS) throw thrown;
      maybeWritten ||= isLost;
    }
  }
}
