/** Reads the responses of a login flow. */
import type { CapturedCookie } from "../capture/capture.ts";
import { parseSetCookie } from "../capture/read-set-cookie.ts";
import { Sealed } from "../sealed.ts";
import type { FlowAnswer } from "./flow-browser.ts";
import type { FlowFault } from "./flow-faults.ts";
import { LAYER_NAME } from "./layer.ts";

/** `403 AccessDenied`, `401 by application`. */
export function describeFlowAnswer({ status, code, layer }: FlowAnswer): string {
  return code === undefined ? `${status} by ${LAYER_NAME[layer]}` : `${status} ${code} by the edge`;
}

export function mintFault(answer: FlowAnswer): FlowFault {
  if (answer.edge === "denied") return "mint-endpoint-behind-gate";
  if (answer.status === 429) return "mint-rate-limited";
  return answer.status >= 500 ? "login-works-mint-fails" : "login-works-mint-refused";
}

/** The Set-Cookie lines that carry a signature. */
export function mintedIn({ setCookies }: FlowAnswer): string[] {
  return setCookies.reveal().filter((line) => /^\s*CloudFront-Signature=[^;\s]/.test(line));
}

/** The cookies that the response clears. */
export function clearedIn({ setCookies }: FlowAnswer, url: string, now: number): CapturedCookie[] {
  return setCookies
    .reveal()
    .flatMap((line) => parseSetCookie(line, now, url) ?? [])
    .filter(({ stored }) => (stored?.expires ?? Number.POSITIVE_INFINITY) <= now);
}

export function tokenIn({ body }: FlowAnswer, field: string | undefined): Sealed<string> | undefined {
  if (field === undefined) return undefined;
  try {
    let value: unknown = JSON.parse(body.reveal());
    for (const name of field.split(".")) value = (value as Record<string, unknown> | null)?.[name];
    return typeof value === "string" && value !== "" ? new Sealed(value) : undefined;
  } catch {
    // The body may hold the token: never quote it.
    return undefined;
  }
}

/** Whether the edge itself answered: then the response says nothing about the application behind it. */
export function isEdgesOwn({ layer }: Pick<FlowAnswer, "layer">): boolean {
  return layer === "error-page" || layer.startsWith("edge-");
}
