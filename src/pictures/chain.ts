/** The chain from a host to the key that signs for it: five columns of boxes, and a line for each link. */
import { type Drawing, type Figure, NARROW, WIDE } from "./figure.ts";
import { cut, type Html, html, name } from "./html.ts";
import { boxLink } from "./shapes.ts";

const COLUMNS = ["host", "behavior", "key group", "key", "secret"] as const;
export interface ChainNode {
  readonly id: string;
  readonly column: (typeof COLUMNS)[number];
  readonly title: string;
  readonly subtitle?: string;
  /** `broken`: the chain breaks off here. `open`: nothing protects it. `aside`: not involved in signing now. */
  readonly state: "good" | "broken" | "open" | "aside";
}
export interface Chain {
  readonly nodes: readonly ChainNode[];
  readonly links: readonly { readonly from: string; readonly to: string; readonly isBroken?: boolean }[];
}

const STATE: Readonly<Record<ChainNode["state"], { sign: string; label: string }>> = {
  good: { sign: "✓", label: "in the chain that signs" },
  broken: { sign: "✗", label: "the chain is broken here" },
  open: { sign: "◇", label: "trusts no key group" },
  aside: { sign: "•", label: "not used to sign now" },
};
const STATES = ["good", "broken", "open", "aside"] as const;

/** `id`: unique on the page. */
export function chainFigure(id: string, title: string, chain: Chain): Figure {
  const { nodes, links } = chain;
  const broken =
    nodes.filter(({ state }) => state === "broken").length + links.filter((each) => each.isBroken).length;
  const titleOf = (node: string) => nodes.find((each) => each.id === node)?.title ?? node;
  return {
    id,
    title,
    says:
      nodes.length === 0
        ? "Nothing was read."
        : broken === 0
          ? "Each host leads to its behaviors, their key groups, the keys in them and the secret that signs. Every link is in place."
          : `Each host should lead to the secret that signs for it. ${broken === 1 ? "One place is broken." : `${broken} places are broken.`}`,
    draw: (width) => (width === WIDE ? drawChain(chain) : drawDown(chain)),
    legend: STATES.filter((state) => nodes.some((node) => node.state === state)).map((state) => ({
      look: `node ${state}`,
      shape: "bar",
      label: `${STATE[state].sign} ${STATE[state].label}`,
    })),
    numbers: [
      {
        caption: "Boxes",
        head: ["what", "name", "more", "state", "leads to"],
        rows: nodes.map((node) => [
          node.column,
          name(node.title),
          node.subtitle === undefined ? "" : name(node.subtitle),
          STATE[node.state].label,
          links
            .filter(({ from }) => from === node.id)
            .map(
              ({ to, isBroken }, at) =>
                html`${at > 0 && ", "}${name(titleOf(to))}${isBroken === true && " (broken)"}`,
            ),
        ]),
      },
    ],
  };
}

const BOX = { width: 184, height: 42, gap: 10 } as const;

function drawChain({ nodes, links }: Chain): Drawing {
  const step = (WIDE - BOX.width) / (COLUMNS.length - 1);
  const tallest = Math.max(
    1,
    ...COLUMNS.map((column) => nodes.filter((node) => node.column === column).length),
  );
  const inner = tallest * (BOX.height + BOX.gap);
  const top = 24;
  const places = new Map<string, { x: number; y: number }>();
  for (const [at, column] of COLUMNS.entries()) {
    const own = nodes.filter((node) => node.column === column);
    const slot = inner / Math.max(1, own.length);
    for (const [row, node] of own.entries())
      places.set(node.id, { x: at * step, y: top + slot * row + (slot - BOX.height) / 2 });
  }
  return {
    width: WIDE,
    height: top + inner + 4,
    content: [
      COLUMNS.map((column, at) => html`<text class="length" x="${at * step + 2}" y="14">${column}</text>`),
      links.map((each) => {
        const [from, to] = [places.get(each.from), places.get(each.to)];
        if (from === undefined || to === undefined) return undefined;
        const half = BOX.height / 2;
        const path = boxLink([from.x + BOX.width, from.y + half], [to.x, to.y + half]);
        return html`<path class="link ${each.isBroken && "broken"}" d="${path}"/>`;
      }),
      nodes.map((node) => {
        const place = places.get(node.id);
        return place && boxOf(node, place.x, place.y, BOX.width, 24);
      }),
    ],
  };
}

/** From top to bottom, indented by column: a phone has no room for five columns. */
function drawDown({ nodes }: Chain): Drawing {
  const ordered = COLUMNS.flatMap((column) => nodes.filter((node) => node.column === column));
  const rows: Html[] = [];
  let y = 0;
  let last: string | undefined;
  for (const node of ordered) {
    if (node.column !== last) {
      rows.push(html`<text class="length" x="2" y="${y + 14}">${node.column}</text>`);
      y += 22;
      last = node.column;
    }
    rows.push(boxOf(node, 0, y, NARROW, 46));
    y += BOX.height + 6;
  }
  return { width: NARROW, height: y + 2, content: rows };
}

function boxOf(
  { title, subtitle, state }: ChainNode,
  x: number,
  y: number,
  width: number,
  room: number,
): Html {
  return html`<rect class="node ${state}" x="${x + 1}" y="${y}" width="${width - 2}" height="${BOX.height}" rx="4"/><text class="box" x="${x + 10}" y="${y + (subtitle === undefined ? 26 : 18)}">${STATE[state].sign} ${cut(title, room - 2)}</text>${
    subtitle !== undefined &&
    html`<text class="length" x="${x + 10}" y="${y + 34}">${cut(subtitle, room + 2)}</text>`
  }`;
}
