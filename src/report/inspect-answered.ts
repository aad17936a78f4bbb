/** Who gave a captured answer: the probe's classification, as an explanation wants it. */
import type { CapturedResponse } from "../cookies/capture.ts";
import { parseDenial } from "../edge/denial.ts";
import type { Answered } from "../edge/explain/inquiry.ts";
import { classify } from "../probe/classify.ts";
import { LAYER_NAME } from "../probe/layer.ts";

export function answeredBy(response: CapturedResponse, method: string, url = ""): Answered {
  const { status, headers, body } = response;
  const code = headers.length === 0 ? parseDenial(body) : undefined;
  if (code !== undefined) {
    const evidence = [
      "the body is CloudFront's own denial, word for word; status and headers were not given",
    ];
    return { status, by: LAYER_NAME["edge-signature"], edge: "denied", code, evidence };
  }
  return classified(response, method, url);
}

function classified({ status, headers, body }: CapturedResponse, method: string, url: string): Answered {
  const raw = { status, headers, body: Buffer.from(body), truncated: false };
  const { layer, edge, code, evidence } = classify(raw, { method, url });
  return { status, by: LAYER_NAME[layer], edge, ...(code !== undefined && { code }), evidence };
}
