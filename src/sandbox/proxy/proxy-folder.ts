/** The files for the backend, the shell and keyturn, in one folder that only its owner can read. */
import { join, resolve } from "node:path";
import { writePrivateKey } from "../../keys/any-key.ts";
import { DEMO } from "../demo-gate.ts";
import { caBundle, exportLines, removeFolder, temporaryFolder, writeFiles } from "../folder.ts";
import { AWS_CREDENTIALS } from "../sandbox.ts";
import { APP_GATE } from "./app-account.ts";
import type { ProxyPlan } from "./proxy-plan.ts";
import type { RunningProxy } from "./start-proxy.ts";

export interface ProxyFolder {
  readonly path: string;
  readonly caFile: string;
  /** For `. FILE` in a shell. */
  readonly envFile: string;
  /** For `docker run --env-file` and dotenv. */
  readonly backendFile: string;
  readonly configFile?: string;
  readonly keyFile?: string;
  /** Without the private key. */
  readonly env: Readonly<Record<string, string>>;
  /** With the private key, for the backend and the command of --run. */
  readonly secretEnv: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** In the folder `kept` (the state's), else in a new temporary one. Throws ERR_FILE_UNREADABLE. */
export async function writeProxyFolder(
  proxy: RunningProxy,
  plan: ProxyPlan,
  kept: string | undefined,
): Promise<ProxyFolder> {
  const path = kept === undefined ? await temporaryFolder() : resolve(kept);
  const { ownKey, ids } = proxy;
  const isGate = ownKey !== undefined && ids !== undefined;
  const files = {
    ca: join(path, "ca.pem"),
    bundle: join(path, "ca-bundle.pem"),
    env: join(path, "env.sh"),
    backend: join(path, "backend.env"),
    ...(ownKey && { key: join(path, "signing-key.pem") }),
    ...(isGate && { config: join(path, "keyturn.yaml") }),
  };
  const pem = ownKey && writePrivateKey(ownKey.privateKey);
  const forBackend = {
    CLOUDFRONT_URL: proxy.urls.site,
    ORIGIN_VERIFY_HEADER: proxy.verification.name,
    ORIGIN_VERIFY_VALUE: proxy.verification.value,
    ...(ownKey && {
      CLOUDFRONT_KEY_PAIR_ID: ownKey.keyPairId,
      CLOUDFRONT_PRIVATE_KEY_FILE: files.key as string,
    }),
    ...(isGate && { CLOUDFRONT_KEY_SECRET: APP_GATE.secret }),
  };
  const env: Record<string, string> = {
    ...(proxy.hasApi && {
      AWS_ENDPOINT_URL_CLOUDFRONT: proxy.urls.api,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: proxy.urls.api,
      AWS_REGION: DEMO.region,
      AWS_DEFAULT_REGION: DEMO.region,
      ...AWS_CREDENTIALS,
    }),
    NODE_EXTRA_CA_CERTS: files.ca,
    CURL_CA_BUNDLE: files.bundle,
    // Python's requests reads neither of the others.
    REQUESTS_CA_BUNDLE: files.bundle,
    KEYTURN_CA_FILE: files.ca,
    ...(files.config !== undefined && { KEYTURN_CONFIG: files.config, KEYTURN_GATE: APP_GATE.gate }),
    GATE_URL: proxy.urls.site,
    ...forBackend,
  };
  const secret: Record<string, string> = pem === undefined ? {} : keyForms(pem);
  await writeFiles(path, kept, [
    [files.ca, proxy.certificate.caPem],
    [files.bundle, caBundle(proxy.certificate)],
    [files.env, `${exportLines({ ...env, ...secret }).join("\n")}\n`],
    [files.backend, lines({ ...forBackend, ...secret })],
    ...(files.key !== undefined ? [[files.key, pem as string] as const] : []),
    ...(files.config !== undefined ? [[files.config, gateYaml(proxy, plan)] as const] : []),
  ]);
  return {
    path,
    caFile: files.ca,
    envFile: files.env,
    backendFile: files.backend,
    configFile: files.config,
    keyFile: files.key,
    env,
    secretEnv: { ...env, ...secret },
    remove: () => removeFolder(path, Object.values(files), kept),
  };
}

/** The private key as backends read it from a variable: one line with `\n` written out, and base64 of the file. */
function keyForms(pem: string): Record<string, string> {
  return {
    CLOUDFRONT_PRIVATE_KEY: pem.trimEnd().replaceAll("\n", "\\n"),
    CLOUDFRONT_PRIVATE_KEY_BASE64: Buffer.from(pem).toString("base64"),
  };
}

const lines = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

/** The gate for keyturn's commands: mint, curl, probe and rotate work against the application. */
function gateYaml({ urls, ids, account }: RunningProxy, { protect }: ProxyPlan): string {
  const samples = protect.map((pattern) => ({
    pattern: pattern.startsWith("/") ? pattern : `/${pattern}`,
    sample: `/${pattern.replace(/^\//, "").replaceAll("?", "x").replaceAll("*", APP_GATE.canary)}`,
  }));
  return `# The gate in front of your application. Times are short, so that a rotation takes minutes instead of days.
gates:
  ${APP_GATE.gate}:
    account: "${account.accountId}"
    region: ${account.region}
    distributions: [${ids?.distributionId}]
    keyGroups: [${ids?.keyGroupId}]
    secret: ${APP_GATE.secret}
    signer:
      hash: SHA256
      cacheTtl: until-restart
      keyPairId: in-secret
    cookie:
      resource: ${urls.site}/*
      path: /
      sameSite: Lax
      ttl: 15m
      maxTtl: 15m
    origin:
      url: ${urls.origin}
      verificationHeader: ${APP_GATE.verificationHeader}
    canaries:
      ${ids?.distributionId}: ${urls.site}${samples[0]?.sample}
    routes:
${samples.map(({ pattern, sample }) => `      - { pattern: "${pattern}", layers: [edge], sample: "${sample}" }`).join("\n")}
    rotation:
      settle: 8s
      skew: 1s
      triples: 3
`;
}
