/** The doctor's input: a request from a file or stdin, or the signed URL itself. */
import type { CapturedRequest } from "../../capture/capture.ts";
import { isSignedUrl } from "../../policy/cookie-set.ts";
import type { World } from "../../seams/world.ts";

/** The first request with a signature; a signed URL needs no file. */
export async function givenRequest(
  input: string | undefined,
  url: string,
  world: Pick<World, "clock" | "files" | "terminal">,
): Promise<CapturedRequest | undefined> {
  if (input === undefined) {
    return isSignedUrl(url)
      ? { form: "signed-url", source: "the URL", url, cookies: [], remarks: [] }
      : undefined;
  }
  const { readInput } = await import("../../capture/read-input.ts");
  let first: CapturedRequest | undefined;
  for await (const capture of await readInput(input, world.clock.now(), world)) {
    first ??= capture;
    const isSigned = capture.cookies.some(({ name }) => name.startsWith("CloudFront-"));
    if (isSigned || isSignedUrl(capture.url ?? "")) return capture;
  }
  return first;
}
