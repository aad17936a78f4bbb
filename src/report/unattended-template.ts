/** The report of `keyturn unattended template`: what was written, and the lines to type next. */
import type { Gate } from "../gates/gate.ts";
import { shellWord } from "../text/shell-word.ts";
import { sha256 } from "../unattended/folder.ts";
import type { Format } from "../unattended/format.ts";
import type { Report } from "./report.ts";

interface Written {
  readonly folder: string;
  readonly format: Format;
  readonly name: string;
  readonly gates: readonly Gate[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly movedAside: readonly { readonly from: string; readonly to: string }[];
}
export interface TemplateResult {
  readonly folder: string;
  readonly format: Format;
  readonly name: string;
  readonly gates: readonly string[];
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly bytes: number }[];
  readonly movedAside: readonly { readonly from: string; readonly to: string }[];
  /** What a person has to do in each rotation of a gate; the rotation halts until then. */
  readonly needsPeople: readonly { readonly gate: string; readonly why: string }[];
}

export function templateReport(written: Written): Report<TemplateResult> {
  const { folder, format, name, gates, files, movedAside } = written;
  const needsPeople = gates.flatMap((gate) => peopleFor(gate).map((why) => ({ gate: gate.name, why })));
  const listed = [...files].map(([path, content]) => ({
    path,
    sha256: sha256(content),
    bytes: content.length,
  }));
  return {
    outcome: "done",
    result: {
      folder,
      format,
      name,
      gates: gates.map((gate) => gate.name),
      files: listed,
      movedAside,
      needsPeople,
    },
    findings: [],
    text: (style) =>
      [
        ...listed.map(({ path, bytes }) => `${folder.replace(/\/+$/, "")}/${path}  ${sizeText(bytes)}`),
        ...movedAside.map(({ from, to }) => `${style.sign.warn} ${from} was not keyturn's: kept as ${to}`),
        ...needsPeople.map(({ gate, why }) => `${style.sign.warn} gate ${gate}: ${why}`),
        `${style.sign.arrow} how to deploy, watch, take over and remove it:`,
        style.code(`less ${shellWord(`${folder.replace(/\/+$/, "")}/README.md`)}`),
      ].join("\n"),
  };
}

function peopleFor({ signer, canaries, distributions }: Gate): string[] {
  const missing = distributions.filter((id) => canaries[id] === undefined);
  return [
    ...(missing.length > 0 ? [`no rotation can begin without a canary for ${missing.join(", ")}`] : []),
    ...(signer.keyPairId === "external"
      ? ["each rotation halts until signers are deployed with the new key pair ID"]
      : []),
    ...(signer.cacheTtl === "until-restart"
      ? ["each rotation halts until signers are restarted: signer.cacheTtl defines how long they keep a key"]
      : []),
  ];
}

const sizeText = (bytes: number) => (bytes < 1024 ? `${bytes} B` : `${Math.ceil(bytes / 1024)} KiB`);
