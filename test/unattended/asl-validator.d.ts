/** The part of `asl-validator` that is called; the package has no types. */
declare module "asl-validator" {
  export default function validate(machine: unknown): { readonly isValid: boolean; errorsText(): string };
}
