/** Every `--json` document in any test must match its published schema. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { documentSchema, failure, jsonSchemaOf } from "../../src/report/schemas/envelope.ts";

const ajv = new Ajv2020({ strict: false, allErrors: true });
const isFailure = ajv.compile(jsonSchemaOf(failure));
const validators = new Map<string, ValidateFunction>();

/** Throws when stdout is a document that its command's published schema refuses. Streams of lines have no document. */
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
  // Of the two branches, a result's faults count: the document is no error.
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
