/** A gate as declared and as found: the chain from its hosts to the secret that signs. Pure. */
import type { GateSnapshot } from "../../audit/gate-snapshot.ts";
import { isRouteOf } from "../../gates/gate.ts";
import type { Chain, ChainNode } from "../../pictures/chain.ts";

/** Boxes of one column that a drawing holds; an account may have hundreds. */
const MOST = 24;

export function auditChain(snapshot: GateSnapshot): Chain {
  const { gate, distributions, groups, secret, inventory } = snapshot;
  const signing = secret.signing?.keyPairId;
  const nodes: ChainNode[] = [];
  const links: { from: string; to: string; isBroken?: boolean }[] = [];
  const add = (node: ChainNode) => {
    if (nodes.filter(({ column }) => column === node.column).length < MOST) nodes.push(node);
  };
  for (const id of gate.distributions) {
    const found = distributions.find((each) => each.id === id);
    const host = found?.aliases[0] ?? found?.domainName;
    add({
      id: `d ${id}`,
      column: "host",
      title: host ?? id,
      subtitle: found === undefined ? "no such distribution" : found.enabled ? id : `${id}, disabled`,
      state: found?.enabled ? "good" : "broken",
    });
    for (const { pathPattern, trustedKeyGroups } of found?.behaviors ?? []) {
      const isGuarded = trustedKeyGroups.length > 0;
      const mustBe = gate.routes.some(
        (route) => isRouteOf(route, id) && route.layers.includes("edge") && route.pattern === pathPattern,
      );
      const node = `b ${id} ${pathPattern}`;
      const state = isGuarded ? "good" : mustBe ? "broken" : "open";
      const subtitle = mustBe && !isGuarded ? "declared as protected" : `of ${id}`;
      add({ id: node, column: "behavior", title: pathPattern, subtitle, state });
      links.push({ from: `d ${id}`, to: node, isBroken: state === "broken" });
      for (const group of trustedKeyGroups) links.push({ from: node, to: `g ${group}` });
    }
  }
  const used = links.filter(({ to }) => to.startsWith("g ")).map(({ to }) => to.slice(2));
  for (const id of new Set([...gate.keyGroups, ...used])) {
    const group = groups.find((each) => each.id === id) ?? inventory.keyGroups.get(id);
    const isDeclared = gate.keyGroups.includes(id);
    const holds = signing !== undefined && group?.items.includes(signing) === true;
    add({
      id: `g ${id}`,
      column: "key group",
      title: group?.name ?? id,
      subtitle:
        group === undefined
          ? "no such key group"
          : isDeclared
            ? group.items.length === 1
              ? "1 key"
              : `${group.items.length} keys`
            : "not in this gate",
      state: !isDeclared ? "aside" : holds ? "good" : "broken",
    });
    for (const key of group?.items ?? []) links.push({ from: `g ${id}`, to: `k ${key}` });
    if (isDeclared && !holds && signing !== undefined)
      links.push({ from: `g ${id}`, to: `k ${signing}`, isBroken: true });
  }
  const keys = new Set(links.filter(({ to }) => to.startsWith("k ")).map(({ to }) => to.slice(2)));
  for (const id of new Set([...(signing === undefined ? [] : [signing]), ...keys])) {
    const key = inventory.publicKeys.get(id);
    add({
      id: `k ${id}`,
      column: "key",
      title: id,
      subtitle: key?.name ?? "no such public key",
      state: key === undefined ? "broken" : id === signing ? "good" : "aside",
    });
  }
  add({
    id: "secret",
    column: "secret",
    title: gate.secret.id.replace(/^arn:.*:secret:/, ""),
    subtitle: signing === undefined ? "holds a key that is not uploaded" : "AWSCURRENT signs",
    state: signing === undefined ? "broken" : "good",
  });
  if (signing !== undefined) links.push({ from: `k ${signing}`, to: "secret" });
  const drawn = new Set(nodes.map(({ id }) => id));
  return { nodes, links: links.filter(({ from, to }) => drawn.has(from) && drawn.has(to)) };
}
