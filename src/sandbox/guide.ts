/** What `keyturn sandbox` prints once it is up: lines to paste into a shell, and things to try. */
import { shellWord } from "../text/shell-word.ts";
import { DEMO } from "./demo-gate.ts";
import { exportLines } from "./folder.ts";
import type { Foreground } from "./foreground.ts";
import { DEMO_USERS } from "./origin/sessions.ts";

/** Lines for a shell; everything else is a comment. */
export function guideLines({ sandbox, folder }: Foreground): string[] {
  const { urls } = sandbox;
  return [
    "# keyturn sandbox is up.",
    ...exportLines(folder.env),
    "",
    `# page        ${urls.api}/`,
    `# gate        ${DEMO.gate}: ${folder.configFile}`,
    `# edge        ${urls.site}`,
    `#             ${urls.siteHttp}`,
    `# origin      ${urls.origin}   (refuses requests that bypass the edge)`,
    ...DEMO_USERS.map(
      ({ name, password, role }, at) =>
        `# ${(at === 0 ? "users" : "").padEnd(11)} ${name} / ${password} (${role})`,
    ),
    "#",
    "# in another shell, instead of pasting the lines above:",
    `#     . ${shellWord(folder.envFile)}`,
    "# then try",
    "#   the edge denies, MissingKey:",
    '#     curl -i "$GATE_URL/api/reports"',
    "#   through the edge to the application, which asks you to log in:",
    '#     keyturn curl "$GATE_URL/api/reports"',
    "#   what is denied, and by which layer:",
    "#     keyturn probe",
    "#   all ten stages of a rotation, about a minute:",
    "#     keyturn rotate start --wait --yes",
    "# Ctrl-C stops it.",
  ];
}

/** The same for programs. */
export function sandboxFacts({ sandbox, folder }: Foreground) {
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
