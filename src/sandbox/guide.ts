/** What `keyturn sandbox` prints once it is up: lines that a shell can run as they stand, and what to try. */
import { DEMO } from "./demo-gate.ts";
import { exportLines } from "./folder.ts";
import type { Foreground } from "./foreground.ts";
import { DEMO_USERS } from "./origin/sessions.ts";

/** Lines for a shell; everything that is none of them is a comment. */
export function guideLines({ sandbox, folder }: Foreground): string[] {
  const { urls } = sandbox;
  return [
    "# keyturn sandbox is up. In another shell:",
    `#   . ${folder.envFile}`,
    ...exportLines(folder.env),
    "",
    `# page        ${urls.api}/`,
    `# gate        ${DEMO.gate}: ${folder.configFile}`,
    `# edge        ${urls.site}   ${urls.siteHttp}`,
    `# origin      ${urls.origin}   (past the edge: refuses)`,
    `# users       ${DEMO_USERS.map(({ name, password, role }) => `${name} / ${password} (${role})`).join(", ")}`,
    "#",
    "# try",
    '#   curl -i --cacert "$KEYTURN_CA_FILE" "$GATE_URL/api/reports"     the edge denies: MissingKey',
    "#   keyturn rotate start --wait --yes                               all ten stages, about a minute",
    "#   keyturn probe                                                   what is denied, and by whom",
    "# Ctrl-C stops it.",
  ];
}

/** The same for a program. */
export function guideJson({ sandbox, folder }: Foreground): string {
  const { path, caFile, configFile, envFile, env } = folder;
  return JSON.stringify({
    urls: sandbox.urls,
    gate: DEMO.gate,
    ids: sandbox.ids,
    path,
    caFile,
    configFile,
    envFile,
    env,
  });
}
