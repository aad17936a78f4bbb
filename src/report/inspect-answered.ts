/** Who gave a captured answer: the probe's classification, as an explanation wants it. */
import type { CapturedResponse } from "../cookies/capture.ts";
import type { Answered } from "../edge/explain/inquiry.ts";
import { classify } from "../probe/classify.ts";
import { LAYER_NAME } from "../probe/layer.ts";

export function answeredBy(response: CapturedResponse, method: string, url = ""): Answered {
  const { status, headers, body } = response;
  const raw = { status, headers, body: Buffer.from(body), truncated: false };
  const { layer, edge, code, evidence } = classify(raw, { method, url });
  return { status, by: LAYER_NAME[layer], edge, ...(code !== undefined && { code }), evidence };
}
