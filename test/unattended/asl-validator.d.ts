/** The part of `asl-validator` that tests call; the package has no types. */
declare module "asl-validator" {
  export default function validate(machine: unknown): { readonly isValid: boolean; errorsText(): string };
}
