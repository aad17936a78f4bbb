/** What `keyturn sandbox` prints once it is up: lines that a shell can run as they stand, and what to try. */
import { shellWord } from "../text/shell-word.ts";
import { DEMO } from "./demo-gate.ts";
import { exportLines } from "./folder.ts";
import type { Foreground } from "./foreground.ts";
import { DEMO_USERS } from "./origin/sessions.ts";

/** Lines for a shell; everything that is none of them is a comment. */
export function guideLines({ sandbox, folder }: Foreground): string[] {
  const { urls } = sandbox;
  return [
    "# keyturn sandbox is up. In another shell:",
    `#   . ${shellWord(folder.envFile)}`,
    ...exportLines(folder.env),
    "",
    `# page        ${urls.api}/`,
    `# gate        ${DEMO.gate}: ${folder.configFile}`,
    `# edge        ${urls.site}`,
    `#             ${urls.siteHttp}`,
    `# origin      ${urls.origin}   (past the edge: refuses)`,
    ...DEMO_USERS.map(
      ({ name, password, role }, at) =>
        `# ${(at === 0 ? "users" : "").padEnd(11)} ${name} / ${password} (${role})`,
    ),
    "#",
    "# try",
    "#   the edge denies, MissingKey:",
    '#     curl -i "$GATE_URL/api/reports"',
    "#   past the edge, where the application asks who you are:",
    '#     keyturn curl "$GATE_URL/api/reports"',
    "#   what is denied, and by whom:",
    "#     keyturn probe",
    "#   all ten stages of a rotation, about a minute:",
    "#     keyturn rotate start --wait --yes",
    "# Ctrl-C stops it.",
  ];
}

/** The same for a program. */
export function factsOf({ sandbox, folder }: Foreground) {
  const { path, caFile, configFile, envFile, env } = folder;
  return {
    urls: sandbox.urls,
    gate: DEMO.gate,
    ids: sandbox.ids,
    path,
    caFile,
    configFile,
    envFile,
    env,
  };
}
