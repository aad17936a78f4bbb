/** The last requests: identical ones folded into a line, unexpected ones first, with a filter by sender. */
import { type Html, html, name } from "../../pictures/html.ts";
import { formatInstant } from "../../time.ts";
import type { RecordedRequest } from "../edge/request-history.ts";
import { SENDERS } from "../edge/senders.ts";
import type { SandboxView, SenderFilter } from "./view.ts";

const ROWS = 30;
const NAME: Readonly<Record<SenderFilter, string>> = {
  all: "all",
  viewers: "viewers",
  prober: "ours",
  attackers: "attackers",
};

/** From the page's query; anything else is all. */
export function shownOf(text: string | null): SenderFilter {
  return SENDERS.find((sender) => sender === text) ?? "all";
}

interface Fold {
  /** The newest of them. */
  readonly request: RecordedRequest;
  readonly times: number;
}

function folded(requests: readonly RecordedRequest[], shown: SenderFilter): Fold[] {
  const folds = new Map<string, Fold>();
  for (const request of requests.filter(({ sender }) => shown === "all" || sender === shown)) {
    const { sender, pop, method, target, status, by, code, reason, why, keyPairId, unexpected } = request;
    const key = JSON.stringify([
      sender,
      pop,
      method,
      target,
      status,
      by,
      code,
      // Ages in the text would keep identical denials from being folded.
      reason ?? why,
      keyPairId,
      unexpected,
    ]);
    const known = folds.get(key);
    folds.set(key, known === undefined ? { request, times: 1 } : { ...known, times: known.times + 1 });
  }
  return [...folds.values()].sort(
    (one, other) => Number(other.request.unexpected) - Number(one.request.unexpected),
  );
}

export function requestTable({ requests }: SandboxView, shown: SenderFilter): Html {
  const folds = folded(requests, shown);
  const filter = (["all", ...SENDERS] as const).map(
    (each) =>
      html`<a href="${each === "all" ? "/" : `/?show=${each}`}#requests" ${each === shown && html`aria-current="true"`}>${NAME[each]}</a> `,
  );
  return html`<section id="requests"><h2>Last requests</h2><nav aria-label="whose requests">${filter}</nav>
<table><thead><tr><th scope="col">time</th><th scope="col">from</th><th scope="col">location</th><th scope="col">request</th><th scope="col">answer</th><th scope="col">by</th><th scope="col">true reason</th><th scope="col">key</th></tr></thead>
<tbody>${folds.slice(0, ROWS).map(rowOf)}</tbody></table>${
    folds.length === 0
      ? html`<p class="none">None yet.</p>`
      : folds.length > ROWS && html`<p class="none">And ${folds.length - ROWS} more kinds.</p>`
  }</section>`;
}

function rowOf({ request, times }: Fold): Html {
  const { at, sender, pop, method, target, status, code, by, reason, why, keyPairId, unexpected } = request;
  const look = unexpected ? "wrong" : by === "signature-check" ? "denied" : status >= 400 ? "refused" : "ok";
  return html`<tr class="${look}"><td>${formatInstant(at).slice(11, 19)}${times > 1 && html` <b class="times">×${times}</b>`}</td><td>${unexpected && html`<b>✗ unexpected</b> `}${NAME[sender]}</td>
<td><code>${pop}</code></td><td class="target">${method} ${name(target)}</td><td>${status}${code !== undefined && ` ${code}`}</td>
<td>${by}</td><td>${why ?? reason}</td><td>${keyPairId !== undefined && html`<code>${name(keyPairId)}</code>`}</td></tr>
`;
}
