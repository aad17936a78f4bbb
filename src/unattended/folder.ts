/** The folder of `keyturn unattended template`, as values: path -> content. The same input gives the same bytes. Pure. */
import { createHash } from "node:crypto";
import type { Gate } from "../gates/gate.ts";
import { cloudFormationTemplate } from "./cloudformation.ts";
import { type DeploymentOptions, deploymentOf } from "./deployment.ts";
import type { Format } from "./format.ts";
import { functionPackage } from "./package.ts";
import { readmeOf } from "./readme.ts";
import { terraformConfiguration } from "./terraform.ts";

export interface FolderOptions extends Omit<DeploymentOptions, "codeSha256"> {
  readonly format: Format;
  readonly gates: readonly Gate[];
  readonly keyturnYaml: string;
  /** The bundled function. */
  readonly handler: Uint8Array;
}

/** Lists the files that keyturn wrote, so that it never replaces any other. */
export const MANIFEST = ".keyturn-unattended.json";

export function unattendedFolder(options: FolderOptions): ReadonlyMap<string, Uint8Array> {
  const { format, gates, keyturnYaml, handler } = options;
  const code = functionPackage(handler, keyturnYaml);
  const deployment = deploymentOf(gates, { ...options, codeSha256: code.sha256 });
  const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  const files = new Map<string, Uint8Array>([
    ["README.md", Buffer.from(readmeOf(deployment, gates, format, code.file))],
    [code.file, code.bytes],
    ["index.js", handler],
    ["keyturn.yaml", Buffer.from(keyturnYaml)],
    ["state-machine.asl.json", json(deployment.machine)],
    format === "cfn"
      ? ["template.json", json(cloudFormationTemplate(deployment, `keyturn/${code.file}`))]
      : ["main.tf.json", json(terraformConfiguration(deployment, code.file))],
  ]);
  const sums = [...files].map(([path, content]) => [path, sha256(content)]);
  return files.set(
    MANIFEST,
    json({ keyturn: "unattended template", format, files: Object.fromEntries(sums) }),
  );
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The checksums from an earlier template; empty if there is no such file, or it is not keyturn's. */
export function sumsIn(manifest: string): Readonly<Record<string, string>> {
  try {
    const { files } = JSON.parse(manifest);
    return typeof files === "object" && files !== null ? files : {};
  } catch {
    return {};
  }
}
