/** Checks every `--json` document of any test against its published schema. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { documentSchema, failureSchema, jsonSchemaOf } from "../../src/report/schemas/envelope.ts";

const ajv = new Ajv2020({ strict: false, allErrors: true });
const isFailure = ajv.compile(jsonSchemaOf(failureSchema));
const validators = new Map<string, ValidateFunction>();

/** Throws if stdout is a document that breaks its command's published schema. Streams of lines are not checked. */
export function checkDocument(stdout: string): void {
  const document = parsed(stdout);
  if (document === undefined) return;
  if (document.outcome === "error") {
    if (isFailure(document)) return;
    throw new Error(`an error's document breaks its schema: ${ajv.errorsText(isFailure.errors)}`);
  }
  const schema = documentSchema(document.command);
  if (schema === undefined)
    throw new Error(`keyturn ${document.command} has no schema in src/report/schemas`);
  const validate = validators.get(document.command) ?? ajv.compile(schema);
  validators.set(document.command, validate);
  const isKept: boolean = validate(document);
  if (isKept) return;
  // The document is not an error, so only the violations of the schema's result branch count.
  const faults = (validate.errors ?? []).filter(({ schemaPath }) => schemaPath.startsWith("#/anyOf/0"));
  throw new Error(`keyturn ${document.command} --json breaks its schema: ${ajv.errorsText(faults)}`);
}

function parsed(stdout: string): { command: string; outcome: string } | undefined {
  try {
    const document = JSON.parse(stdout);
    return typeof document?.schemaVersion === "number" ? document : undefined;
  } catch {
    return undefined;
  }
}
