/** Reads a transcript: comment lines (title, mark, asked, expect), then an HTTP response as it was on the wire. */
import type { AnsweredRequest, RawAnswer } from "../../src/probe/answer.ts";
import type { Classification } from "../../src/probe/layer.ts";

export interface Transcript {
  readonly name: string;
  readonly title: string;
  readonly mark: string;
  readonly asked: AnsweredRequest;
  readonly raw: RawAnswer;
  readonly expected: Omit<Classification, "evidence">;
}

export function parseTranscript(file: string, bytes: Uint8Array): Transcript {
  const text = new TextDecoder().decode(bytes);
  const [head = "", ...rest] = text.split("\n\n");
  const lines = head.split("\n");
  const comment = (label: string) =>
    lines.find((line) => line.startsWith(`# ${label}: `))?.slice(label.length + 4) ?? "";
  const wire = lines.filter((line) => !line.startsWith("#"));
  const [method = "", url = ""] = comment("asked").split(" ");
  const [layer, edge, code, confidence] = comment("expect").split(" ");
  return {
    name: file.replace(/\.http$/, ""),
    title: (lines[0] ?? "").slice(2),
    mark: comment("mark"),
    asked: { method, url },
    raw: {
      status: Number(wire[0]?.split(" ")[1]),
      headers: wire.slice(1).map((line) => {
        const colon = line.indexOf(": ");
        return [line.slice(0, colon), line.slice(colon + 2)] as const;
      }),
      body: new TextEncoder().encode(rest.join("\n\n").replace(/\n$/, "")),
      truncated: false,
    },
    expected: {
      layer: layer as Classification["layer"],
      edge: edge as Classification["edge"],
      confidence: confidence as Classification["confidence"],
      ...(code === "-" ? {} : { code: code as NonNullable<Classification["code"]> }),
    },
  };
}
