/** The given request looks right, and yet the edge refuses it when it is sent from here. */
import type { Finding } from "../../finding.ts";
import { shellWord } from "../../text/shell-word.ts";
import { answerTo, type DoctorSnapshot, describeDoctorAnswer } from "./snapshot.ts";

/** The policy's IpAddress is the usual reason: this machine is not the viewer. */
export function deniedFromHere(snapshot: DoctorSnapshot): Finding[] {
  const { given, url } = snapshot;
  const answer = answerTo(snapshot, "given");
  if (given === undefined || answer?.classification?.edge !== "denied") return [];
  if (given.findings.some(({ severity }) => severity === "error")) return [];
  const range = given.inspection.policy?.ipAddress;
  if (range === undefined) {
    return [
      {
        id: "given-denied",
        severity: "error",
        basis: "observed",
        message: "the edge denies the given request, although nothing that was checked explains it",
        evidence: [`sent as given: ${describeDoctorAnswer(answer)}`],
        remedy: `keyturn probe ${shellWord(url)}`,
      },
    ];
  }
  return [
    {
      id: "ip-mismatch",
      severity: "warning",
      basis: "inferred",
      message: `the edge denies the given request from here: its policy allows viewers in ${range} only`,
      evidence: [
        `sent as given: ${describeDoctorAnswer(answer)}`,
        "this machine's address, as the edge sees it, is probably not in that range",
      ],
      remedy: `give the viewer's own address, as the edge saw it: \`keyturn inspect FILE --url ${shellWord(url)} --ip ADDRESS\``,
    },
  ];
}
