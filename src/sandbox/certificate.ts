/**
 * The sandbox's own CA and its server certificate. Only X.509 is node-forge's: keys come from the KeyPairSource and
 * node:crypto signs, which is a hundred times faster than forge's own RSA.
 */
import { createHash, type KeyObject, sign } from "node:crypto";
import forge from "node-forge";
import type { KeyPairSource, Random } from "../seams/world.ts";
import type { EpochSeconds, Seconds } from "../time.ts";

export interface ServerCertificate {
  /** What a client must trust: only the CA. */
  readonly caPem: string;
  /** Leaf first, then the CA. */
  readonly chainPem: string;
  readonly keyPem: string;
}

/** Browsers refuse leaves that are valid for more than 398 days. */
const LIFE: Seconds = 390 * 86_400;
/** Certificates start a day early, for clients whose clock is behind. */
const EARLY: Seconds = 86_400;

/** A fresh CA and a leaf for `hosts` (DNS names, `*.name` among them, and IPv4 addresses), valid from a day before `now`. */
export async function issueCertificate(
  hosts: readonly string[],
  now: EpochSeconds,
  { keyPairs, random }: { keyPairs: KeyPairSource; random: Random },
): Promise<ServerCertificate> {
  const [ca, leaf] = await Promise.all([keyPairs.generate("rsa-2048"), keyPairs.generate("rsa-2048")]);
  // Each sandbox's CA has its own name: of two trusted CAs with one name, clients may try only the wrong one.
  const caName = `keyturn sandbox CA ${createHash("sha256")
    .update(ca.publicKey.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 8)}`;
  const issue = (subject: string, publicKey: KeyObject, extensions: object[]) => {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = forge.pki.publicKeyFromPem(
      publicKey.export({ type: "spki", format: "pem" }).toString(),
    );
    // A leading zero bit keeps the serial positive (RFC 5280, 4.1.2.2).
    certificate.serialNumber = `4${Buffer.from(random.bytes(16)).toString("hex").slice(1)}`;
    certificate.validity.notBefore = new Date((now - EARLY) * 1000);
    certificate.validity.notAfter = new Date((now - EARLY + LIFE) * 1000);
    certificate.setSubject([{ name: "commonName", value: subject }]);
    certificate.setIssuer([{ name: "commonName", value: caName }]);
    certificate.setExtensions(extensions);
    return signedPem(certificate, ca.privateKey);
  };
  const caPem = issue(caName, ca.publicKey, [
    { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  const leafPem = issue(hosts[0] ?? "localhost", leaf.publicKey, [
    { name: "basicConstraints", cA: false },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: hosts.map(altName) },
  ]);
  return {
    caPem,
    chainPem: leafPem + caPem,
    keyPem: leaf.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** Exported by node-forge 1, missing in its type declarations. */
const pki = forge.pki as typeof forge.pki & {
  getTBSCertificate(certificate: forge.pki.Certificate): forge.asn1.Asn1;
};

function signedPem(certificate: forge.pki.Certificate, key: KeyObject): string {
  const oid = forge.pki.oids.sha256WithRSAEncryption as string;
  certificate.signatureOid = oid;
  certificate.siginfo.algorithmOid = oid;
  certificate.tbsCertificate = pki.getTBSCertificate(certificate);
  const signed = forge.asn1.toDer(certificate.tbsCertificate).getBytes();
  certificate.signature = sign("sha256", Buffer.from(signed, "latin1"), key).toString("latin1");
  return forge.pki.certificateToPem(certificate).replaceAll("\r\n", "\n");
}

/** GeneralName: 7 is an address, 2 a DNS name (RFC 5280, 4.2.1.6). */
const altName = (host: string) =>
  /^\d+(?:\.\d+){3}$/.test(host) ? { type: 7, ip: host } : { type: 2, value: host };
