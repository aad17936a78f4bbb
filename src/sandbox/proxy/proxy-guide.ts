/** What `keyturn sandbox --origin` prints once it is up. Never the private key: that is in files. */
import { shellWord } from "../../text/shell-word.ts";
import type { ForegroundProxy } from "./foreground-proxy.ts";

export function proxyGuide({ proxy, folder, plan, notes }: ForegroundProxy): string[] {
  const { urls, ownKey } = proxy;
  const isGate = folder.configFile !== undefined;
  return [
    `# keyturn sandbox is up, in front of ${urls.origin}`,
    "# in the backend's shell:",
    `. ${shellWord(folder.envFile)}`,
    "",
    `# edge        ${urls.site}`,
    `#             ${urls.siteHttp}`,
    `# protects    ${protectedBy(proxy, plan)}`,
    `# page        ${urls.api}/`,
    `# CA          ${folder.caFile}`,
    ...(ownKey
      ? [
          `# signs       ${ownKey.keyPairId}: ${folder.keyFile}`,
          "#             CLOUDFRONT_KEY_PAIR_ID, and the key in one of three forms:",
          "#             CLOUDFRONT_PRIVATE_KEY_FILE, CLOUDFRONT_PRIVATE_KEY (one line),",
          "#             CLOUDFRONT_PRIVATE_KEY_BASE64",
          ...(isGate ? ["#             Secrets Manager: CLOUDFRONT_KEY_SECRET"] : []),
        ]
      : []),
    `# for Docker  ${folder.backendFile}`,
    ...notes.map((note) => `# note        ${note}`),
    "#",
    "# try",
    `#     curl -i ${shellWord(`${urls.site}${samplePath(plan)}`)}`,
    ...(isGate ? [`#     keyturn curl ${shellWord(`${urls.site}${samplePath(plan)}`)} -- -i`] : []),
    "# Each denial's true reason appears on stderr and on the page.",
    "# Ctrl-C stops it.",
  ];
}

function protectedBy({ ids }: ForegroundProxy["proxy"], { protect, trust }: ForegroundProxy["plan"]): string {
  if (ids !== undefined) return protect.join(", ");
  return trust.by === "template" ? `as ${trust.path} declares` : "as the account declares";
}

const samplePath = ({ protect }: ForegroundProxy["plan"]): string =>
  `/${(protect[0] ?? "*").replace(/^\//, "").replaceAll(/[*?]/g, "x")}`;

/** The same for a program. */
export function proxyFacts({ proxy, folder, plan, notes }: ForegroundProxy) {
  const { path, caFile, configFile, envFile, keyFile, backendFile, env } = folder;
  return {
    urls: proxy.urls,
    gate: proxy.ids && "app",
    ids: proxy.ids,
    protect: [...plan.protect],
    keyPairId: proxy.ownKey?.keyPairId,
    ...{ path, caFile, envFile, backendFile, configFile, keyFile },
    env,
    notes: [...notes],
  };
}
