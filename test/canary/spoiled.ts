/** Adds terminal control sequences to the responses of AWS and the edge, wherever somebody else chooses the text. */
import type { WireResponse } from "../../src/sandbox/wire.ts";
import type { ViewerResponse } from "../../src/seams/viewer.ts";

/**
 * Sets a title, clears the screen and hides text, also by the single characters of ISO 6429, and reverses the text
 * direction.
 */
const SPOILS = "\u001b]0;owned\u0007\u001b[2J\u001b[8m\u009b2J\u009d0;owned\u009c\u202eright\u2066\u200b\r\b";

/** None of these may reach a terminal or a log. */
export const CONTROL_CHARACTERS = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Adds them to elements of XML and members of JSON. */
export function spoiledCall(answer: WireResponse): WireResponse {
  const text = Buffer.from(answer.body).toString("utf8");
  const inXml = [...SPOILS].map((each) => `&#${each.codePointAt(0)};`).join("");
  const inJson = JSON.stringify(SPOILS).slice(1, -1);
  const spoiled = text
    .replaceAll(/(?<=<(Comment|Name|Message)>)[^<]*(?=<)/g, (value) => `${value}${inXml}`)
    .replaceAll(
      /(?<="(?:Description|Message|message)":")(?:[^"\\]|\\.)*(?=")/g,
      (value) => `${value}${inJson}`,
    );
  return { ...answer, body: Buffer.from(spoiled) };
}

/**
 * Headers that identify the sender (`server`) stay as they are, so that commands continue. C0 characters are left out,
 * because Node refuses them in headers.
 */
export function spoiledAnswer(answer: ViewerResponse): ViewerResponse {
  const spoils = [...SPOILS].filter((each) => each >= " ").join("");
  return {
    ...answer,
    headers: answer.headers.map(([name, value]) => [name, SPOILED.test(name) ? `${value}${spoils}` : value]),
    body: Buffer.concat([answer.body, Buffer.from(`<Code>${SPOILS}</Code>`)]),
  };
}

const SPOILED = /^(via|age|x-[a-z-]+|content-type|location|cache-control|access-control-.*)$/;
