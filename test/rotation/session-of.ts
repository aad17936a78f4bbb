/** A session for the mint endpoint, as an operator would export it in KEYTURN_MINT_HEADERS. */
import { type SiteWorld, viewerOf } from "./site-world.ts";

export async function sessionOf({ site, clock }: SiteWorld): Promise<string> {
  const { send } = viewerOf(site.handlers.edge, clock);
  const answer = await clock.run(
    send({
      method: "POST",
      url: `${site.addresses.site}/login`,
      headers: [["content-type", "application/json"]],
      body: JSON.stringify({ username: "ada", password: "ada-in-the-sandbox" }),
    }),
  );
  return `Authorization: Bearer ${JSON.parse(Buffer.from(answer.body).toString()).token}`;
}
