/** The chain from the URL's host to the secret that signs for it, one line per link. */
import { formatDuration } from "../../time.ts";
import { asksForSignature } from "../inventory.ts";
import {
  type DoctorSnapshot,
  describeDoctorAnswer,
  isDeclaredSigned,
  type RequestCredentials,
} from "./snapshot.ts";

export interface ChainLink {
  readonly name: string;
  readonly state: "ok" | "fail" | "unknown";
  /** One line. */
  readonly says: string;
}

/** Stops where the chain breaks; the edge's responses follow. */
export function chainOf(snapshot: DoctorSnapshot): ChainLink[] {
  return [
    ...towardsTheKey(snapshot),
    ...secretLink(snapshot),
    ...givenLink(snapshot),
    ...answerLinks(snapshot),
    ...originLink(snapshot),
  ];
}

function towardsTheKey(snapshot: DoctorSnapshot): ChainLink[] {
  const { host, inventory, distribution, behavior, path } = snapshot;
  if (distribution === undefined) {
    return [{ name: "host", state: "fail", says: `no distribution in this account has the name ${host}` }];
  }
  const comment = distribution.comment === "" ? "" : ` (${distribution.comment})`;
  const isOwn = distribution.domainName.toLowerCase() === host;
  const links: ChainLink[] = [
    {
      name: "host",
      state: "ok",
      says: `${host} is ${isOwn ? "the domain name" : "an alternate domain name"} of ${distribution.id}${comment}`,
    },
    {
      name: "distribution",
      state: distribution.enabled ? "ok" : "fail",
      says: `${distribution.id}, ${distribution.enabled ? distribution.status : "disabled"}`,
    },
  ];
  if (behavior === undefined) return links;
  const place = `${distribution.behaviors.indexOf(behavior) + 1} of ${distribution.behaviors.length}`;
  const isSigned = asksForSignature(behavior);
  const isDeclared = isDeclaredSigned(snapshot);
  const says = isSigned
    ? "requires a signature"
    : `is open${isDeclared ? ", but the gate declares it signed" : ""}`;
  links.push({
    name: "behavior",
    state: isSigned ? "ok" : isDeclared ? "fail" : "unknown",
    says: `${path} matches ${behavior.pathPattern} (${place}), which ${says}`,
  });
  for (const id of behavior.trustedKeyGroups) {
    const group = inventory.keyGroups.get(id);
    if (group === undefined) {
      links.push({ name: "key group", state: "fail", says: `${id} is not in this account` });
      continue;
    }
    links.push({ name: "key group", state: "ok", says: `${group.name} (${id})` });
    for (const keyId of group.items) {
      const key = inventory.publicKeys.get(keyId);
      links.push({
        name: "public key",
        state: key === undefined ? "fail" : "ok",
        says:
          key === undefined
            ? `${keyId} does not exist`
            : `${keyId} (${key.name}), ${formatDuration(inventory.takenAt - key.createdAt)} old`,
      });
    }
  }
  return links;
}

function secretLink({ gate, behavior, inventory }: DoctorSnapshot): ChainLink[] {
  // An open behavior needs no key, so the chain ends here.
  if (gate === undefined || behavior === undefined || behavior.trustedKeyGroups.length === 0) return [];
  const { signing, trouble, description } = gate.secret;
  const name = `${gate.gate.secret.id} of gate ${gate.gate.name}`;
  if (description === undefined) return [{ name: "secret", state: "fail", says: `${name} does not exist` }];
  if (signing === undefined) {
    return [{ name: "secret", state: "fail", says: trouble?.message ?? `${name} holds no signing key` }];
  }
  const trusted = behavior.trustedKeyGroups.flatMap((id) => inventory.keyGroups.get(id)?.items ?? []);
  const { keyPairId, fingerprint } = signing;
  const isTrusted = keyPairId !== undefined && trusted.includes(keyPairId);
  const isHalf = inventory.publicKeys.get(keyPairId ?? "")?.fingerprint === fingerprint;
  const but = !isTrusted
    ? ", which this behavior does not trust"
    : isHalf
      ? ""
      : ", and holds the private half of another key";
  return [
    {
      name: "secret",
      state: isTrusted && isHalf ? "ok" : "fail",
      says: `${name} signs with ${keyPairId ?? fingerprint}${but}`,
    },
  ];
}

function givenLink({ given }: DoctorSnapshot): ChainLink[] {
  if (given === undefined) return [];
  const denial = given.findings.find(({ severity }) => severity === "error");
  const name = "given request";
  if (denial !== undefined) return [{ name, state: "fail", says: denial.message }];
  // An undecided condition is not a success: the policy may allow a different address from this machine's.
  if (given.inspection.verdict === "allow") {
    return [{ name, state: "ok", says: "nothing that the edge would deny" }];
  }
  const range = given.inspection.policy?.ipAddress;
  const says = range === undefined ? "" : `; it allows viewers in ${range} only`;
  return [{ name, state: "unknown", says: `nothing that could be checked would be denied${says}` }];
}

function originLink({ origin, gate }: DoctorSnapshot): ChainLink[] {
  if (origin === undefined) return [];
  const name = "origin";
  const url = gate?.gate.origin?.url;
  const fault = origin.findings.find(({ severity }) => severity === "error");
  if (fault !== undefined) return [{ name, state: "fail", says: `${url}: ${fault.message}` }];
  return origin.isHeard
    ? [{ name, state: "ok", says: `${url} refuses requests that bypass the edge` }]
    : [{ name, state: "unknown", says: `${url} itself gave no answer` }];
}

const SENT: Readonly<Record<RequestCredentials, string>> = {
  given: "sent as given",
  unsigned: "sent unsigned",
  fresh: "sent with new cookies",
};

function answerLinks(snapshot: DoctorSnapshot): ChainLink[] {
  const { answers, behavior } = snapshot;
  const isSigned = (behavior !== undefined && asksForSignature(behavior)) || isDeclaredSigned(snapshot);
  return answers.map((answer) => {
    const edge = answer.classification?.edge;
    // Without a signature, a denial is the right answer.
    const wanted = answer.with === "unsigned" && isSigned ? "denied" : "passed";
    const state = edge === wanted ? "ok" : edge === undefined || edge === "unsure" ? "unknown" : "fail";
    return { name: SENT[answer.with], state, says: describeDoctorAnswer(answer) };
  });
}
