/** The error for an input in no supported format, or damaged. */
import { InputError } from "../errors.ts";

/** ERR_CAPTURE_UNREADABLE. `message` must not quote the input, which is a credential. */
export function unreadableCapture(message: string): InputError {
  return new InputError("ERR_CAPTURE_UNREADABLE", message, [
    'in the browser choose "Copy as cURL": DevTools, Network, the request',
    "keyturn help ERR_CAPTURE_UNREADABLE",
  ]);
}
