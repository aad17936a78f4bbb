/** The sandbox's certificates, checked with node:crypto and a TLS handshake instead of the library that made them. */
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { issueCertificate } from "../../src/sandbox/certificate.ts";
import type { KeyPairSource } from "../../src/seams/world.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

const keyPairs: KeyPairSource = {
  generate: async (type) => ({ type, ...generateKeyPairSync("rsa", { modulusLength: 2048 }) }),
};
const NOW = Math.floor(Date.now() / 1000);
const issued = issueCertificate(
  ["app.keyturn.localhost", "*.keyturn.localhost", "localhost", "127.0.0.1"],
  NOW,
  {
    keyPairs,
    random: seededRandom(1),
  },
);

test("the leaf is signed by the CA, and valid only for its names and addresses", async () => {
  const { caPem, chainPem } = await issued;
  const ca = new X509Certificate(caPem);
  const leaf = new X509Certificate(chainPem);
  expect(ca.ca).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(leaf.verify(ca.publicKey)).toBe(true);
  expect(leaf.checkIssued(ca)).toBe(true);
  expect(leaf.checkHost("app.keyturn.localhost")).toBe("app.keyturn.localhost");
  expect(leaf.checkHost("other.keyturn.localhost")).toBe("*.keyturn.localhost");
  expect(leaf.checkHost("localhost")).toBe("localhost");
  expect(leaf.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(leaf.checkHost("example.com")).toBeUndefined();
});

test("a TLS client that trusts only the CA accepts the server", async () => {
  const { caPem, chainPem, keyPem } = await issued;
  const server = createServer({ cert: chainPem, key: keyPem }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  for (const servername of ["app.keyturn.localhost", "localhost"]) {
    const client: TLSSocket = connect({ host: "127.0.0.1", port, servername, ca: caPem });
    await once(client, "secureConnect");
    expect(client.authorized).toBe(true);
    client.destroy();
  }
  const stranger = connect({ host: "127.0.0.1", port, servername: "localhost" });
  const [error] = (await once(stranger, "error")) as [NodeJS.ErrnoException];
  expect(error.code).toMatch(/SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO/);
  server.close();
});

test("two sandboxes' CAs have different names, so a client that trusts both accepts either server", async () => {
  const other = await issueCertificate(["localhost"], NOW, { keyPairs, random: seededRandom(1) });
  const { caPem } = await issued;
  expect(new X509Certificate(other.caPem).subject).not.toBe(new X509Certificate(caPem).subject);
  const server = createServer({ cert: other.chainPem, key: other.keyPem }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = connect({ host: "127.0.0.1", port, servername: "localhost", ca: [caPem, other.caPem] });
  await once(client, "secureConnect");
  expect(client.authorized).toBe(true);
  client.destroy();
  server.close();
});
