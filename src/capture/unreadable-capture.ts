/** What is said of an input that is in none of the forms that are read, or is damaged in one. */
import { InputError } from "../errors.ts";

/** ERR_CAPTURE_UNREADABLE. `message` quotes nothing of the input, which is a credential. */
export function unreadableCapture(message: string): InputError {
  return new InputError("ERR_CAPTURE_UNREADABLE", message, [
    'in the browser choose "Copy as cURL": DevTools, Network, the request',
    "keyturn help ERR_CAPTURE_UNREADABLE (every form that is read)",
  ]);
}
