/** Shape of a finding in every command. */
import * as z from "zod";

export const findingSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  severity: z.enum(["error", "warning", "note"]),
  message: z.string(),
  basis: z.enum(["observed", "inferred"]),
  evidence: z.array(z.string()),
  remedy: z.string().optional(),
  /** Where the fix is a setting: the lines for its code. */
  setting: z.strictObject({ terraform: z.string(), cloudFormation: z.string() }).optional(),
  where: z.string().optional(),
});
