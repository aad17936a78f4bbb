/** What `keyturn sandbox --origin` prints once it is up. Never the private key: that is in files. */
import { shellWord } from "../../text/shell-word.ts";
import type { FrontForeground } from "./front-foreground.ts";

export function frontGuide({ front, folder, plan, notes }: FrontForeground): string[] {
  const { urls, own } = front;
  const isGate = folder.configFile !== undefined;
  return [
    `# keyturn sandbox is up, in front of ${urls.origin}`,
    "# in the backend's shell:",
    `. ${shellWord(folder.envFile)}`,
    "",
    `# edge        ${urls.site}`,
    `#             ${urls.siteHttp}`,
    `# protects    ${protectedBy(front, plan)}`,
    `# page        ${urls.api}/`,
    `# CA          ${folder.caFile}`,
    ...(own
      ? [
          `# signs       ${own.keyPairId}: ${folder.keyFile}`,
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

function protectedBy({ ids }: FrontForeground["front"], { protect, trust }: FrontForeground["plan"]): string {
  if (ids !== undefined) return protect.join(", ");
  return trust.by === "template" ? `as ${trust.path} declares` : "as the account declares";
}

const samplePath = ({ protect }: FrontForeground["plan"]): string =>
  `/${(protect[0] ?? "*").replace(/^\//, "").replaceAll(/[*?]/g, "x")}`;

/** The same for a program. */
export function frontFacts({ front, folder, plan, notes }: FrontForeground) {
  const { path, caFile, configFile, envFile, keyFile, backendFile, env } = folder;
  return {
    urls: front.urls,
    ...(front.ids && { gate: "app", ids: front.ids }),
    protect: [...plan.protect],
    ...(front.own && { keyPairId: front.own.keyPairId }),
    ...{ path, caFile, envFile, backendFile },
    ...(configFile !== undefined && { configFile }),
    ...(keyFile !== undefined && { keyFile }),
    env,
    notes: [...notes],
  };
}
