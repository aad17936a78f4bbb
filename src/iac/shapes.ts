/** The pieces of both formats' shapes: leaves may be unresolved, unknown members are ignored. */
import * as z from "zod";
import { Unresolved } from "./unresolved.ts";

const unresolved = z.instanceof(Unresolved);
/** Numbers and booleans may be written as text, and the other way round: CloudFormation takes both. */
export const text = z.union([
  z.string(),
  // Terraform: an argument unknown until apply is replaced by the list of what it refers to.
  z.tuple([z.string()]).transform(([only]) => only),
  z.number().transform(String),
  z.boolean().transform(String),
  unresolved,
]);
export const optionalText = text.nullish().transform((value) => value ?? undefined);
export const texts = z
  .union([z.array(text), unresolved])
  .nullish()
  .transform((value) => value ?? undefined);

/** An optional object; undefined if unknown. */
export const part = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .union([z.object(shape), unresolved.transform(() => undefined)])
    .nullish()
    .transform((value) => value ?? undefined);

/** A list of objects; unresolved ones are left out. */
export const parts = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .union([z.array(z.union([z.object(shape), unresolved])), unresolved.transform(() => [])])
    .nullish()
    .transform((value): Known<Shape>[] =>
      (value ?? []).filter((each): each is Known<Shape> => !(each instanceof Unresolved)),
    );
type Known<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** Terraform writes a nested block as a list of one. */
export const block = <Shape extends z.ZodRawShape>(shape: Shape) =>
  parts(shape).transform((all): Known<Shape> | undefined => all[0]);
