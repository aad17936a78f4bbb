/** The request that the doctor was given: from a file, from stdin, or the signed URL itself. */
import type { CapturedRequest } from "../../capture/capture.ts";
import { isSignedUrl } from "../../policy/cookie-set.ts";
import type { World } from "../../seams.ts";

/** The first request that carries a signature; a signed URL is one without any file. */
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
    if (capture.cookies.some(({ name }) => name.startsWith("CloudFront-"))) return capture;
  }
  return first;
}
