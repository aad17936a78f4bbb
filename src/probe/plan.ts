/** The planned requests: targets x methods x cases, as a printable value without cookies. */
import { UsageError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import { CASE_IDS, type CaseId, probeCase } from "./cases.ts";
import { routeOf, type Target, urlParts } from "./target.ts";

export interface ProbeRequest {
  /** Position in the plan, from 1. */
  readonly number: number;
  readonly target: Target;
  readonly caseId: CaseId;
  readonly method: string;
  readonly url: string;
  /** Besides Cookie and User-Agent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export interface ProbePlan {
  readonly requests: readonly ProbeRequest[];
  /** Skipped cases and why: a report never passes a case that was not sent. */
  readonly left: readonly { readonly caseId: CaseId; readonly because: string }[];
  /** Labels of skipped routes, and why. */
  readonly leftRoutes: readonly { readonly label: string; readonly because: string }[];
}

/** Narrows or widens the matrix. */
export interface ProbeChoice {
  readonly cases?: readonly string[] | undefined;
  readonly methods?: readonly string[] | undefined;
  /** Labels or paths of targets. */
  readonly routes?: readonly string[] | undefined;
  /** Whether there is a signing key: without one only unsigned requests are possible. */
  readonly canSign: boolean;
  readonly hasRetiredKey: boolean;
  /** Port for plain HTTP; undefined: skip it. */
  readonly httpPort?: number | undefined;
}

/**
 * Pure. Controls are always sent, with any method if need be: without them a run proves nothing. Throws
 * ERR_USAGE for unknown names.
 */
export function planProbe(targets: readonly Target[], choice: ProbeChoice): ProbePlan {
  const chosenCases = choose("case", choice.cases, CASE_IDS);
  const chosenTargets = choice.routes === undefined ? targets : chooseTargets(choice.routes, targets);
  const chosen = { ...choice, methods: choice.methods && chooseMethods(choice.methods, chosenTargets) };
  const left = new Map<CaseId, string>();
  const requests: ProbeRequest[] = [];
  const silent = chosenTargets.filter(({ methods }) => methods.length === 0);
  for (const target of chosenTargets) {
    if (silent.includes(target)) continue;
    for (const caseId of CASE_IDS) {
      const { control } = probeCase(caseId);
      if (control === undefined && !chosenCases.includes(caseId)) continue;
      if (!suits(caseId, target)) continue;
      const because = whyNot(caseId, target, choice);
      if (because !== undefined) left.set(caseId, because);
      else requests.push(...requestsOf(caseId, target, chosen, requests.length));
    }
  }
  return {
    requests,
    left: [...left].map(([caseId, because]) => ({ caseId, because })),
    leftRoutes: silent.map(({ label }) => ({
      label,
      because: "none of its methods is declared safe to send (safeMethods)",
    })),
  };
}

/** A public route is probed without cookies and with stale ones; one that only the application guards, without any. */
function suits(caseId: CaseId, target: Target): boolean {
  const { asks } = probeCase(caseId);
  if (asks === "plain-http") return target.protection !== "none" && target.url.startsWith("https:");
  if (target.protection === "edge") return true;
  if (caseId === "none") return true;
  return target.protection === "none" && (caseId === "expired" || caseId === "unknown-key");
}

function whyNot(caseId: CaseId, target: Target, choice: ProbeChoice): string | undefined {
  const { cookies, asks } = probeCase(caseId);
  if (cookies === "retired" && !choice.hasRetiredKey) return "no retired key given (--retired-key FILE=ID)";
  if ((cookies === "good" || cookies === "bad") && !choice.canSign)
    return "no signing key (--gate, or --private-key with --key-pair-id)";
  if (asks === "plain-http" && httpUrl(target.url, choice.httpPort) === undefined)
    return "the URL names a port (--http-port sets the one for plain HTTP)";
  return undefined;
}

function requestsOf(caseId: CaseId, target: Target, choice: ProbeChoice, before: number): ProbeRequest[] {
  const { asks, control } = probeCase(caseId);
  const chosen = target.methods.filter((method) => choice.methods?.includes(method) ?? true);
  const methods =
    asks === "preflight"
      ? ["OPTIONS"]
      : asks === "plain-http"
        ? ["GET"]
        : control !== undefined && chosen.length === 0
          ? target.methods.slice(0, 1)
          : chosen;
  if (asks !== undefined && choice.methods?.includes(methods[0] ?? "") === false) return [];
  return methods.map((method, at) => ({
    number: before + at + 1,
    target,
    caseId,
    method,
    url: urlOf(caseId, target, choice),
    headers: headersOf(caseId, target, method),
    body: method === "GET" || method === "HEAD" || method === "OPTIONS" ? undefined : "{}",
  }));
}

function urlOf(caseId: CaseId, target: Target, choice: ProbeChoice): string {
  const { asks } = probeCase(caseId);
  if (asks === "plain-http") return httpUrl(target.url, choice.httpPort) ?? target.url;
  // One of CloudFront's parameter names is enough to make the edge ignore the cookies.
  if (asks === "beside-query") return `${target.url}${target.url.includes("?") ? "&" : "?"}Expires=1`;
  return target.url;
}

function headersOf(caseId: CaseId, target: Target, method: string): ProbeRequest["headers"] {
  if (probeCase(caseId).asks === "preflight")
    return [
      // From a page of the same site, as the application's own front end would send.
      ["Origin", urlParts(target.url).base],
      ["Access-Control-Request-Method", target.methods[0] ?? "GET"],
    ];
  return method === "GET" || method === "HEAD" ? [] : [["Content-Type", "application/json"]];
}

function httpUrl(url: string, port: number | undefined): string | undefined {
  const { host } = urlParts(url);
  const [, name = "", given] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(host) ?? [];
  if (given !== undefined && given !== "443" && port === undefined) return undefined;
  const target = url.slice(url.indexOf(host) + host.length);
  return `http://${name}${port === undefined || port === 80 ? "" : `:${port}`}${target}`;
}

function choose<Name extends string>(
  kind: string,
  given: readonly string[] | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (given === undefined) return known;
  const unknown = given.find((each) => !known.includes(each as Name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, known);
    throw new UsageError("ERR_USAGE", `there is no ${kind} "${unknown}"`, [
      ...(meant === undefined ? [] : [`did you mean ${meant}?`]),
      `one of: ${known.join(", ")}`,
    ]);
  }
  return known.filter((each) => given.includes(each));
}

/** Preflights use OPTIONS, whatever the route declares. */
function chooseMethods(given: readonly string[], targets: readonly Target[]): readonly string[] {
  const known = [...new Set([...targets.flatMap(({ methods }) => methods), "OPTIONS"])];
  const unknown = given.find((method) => !known.includes(method));
  if (unknown === undefined) return given;
  throw new UsageError("ERR_USAGE", `no route uses the method "${unknown}"`, [
    `one of: ${known.join(", ")}`,
    "add other methods to a route's methods and safeMethods in keyturn.yaml",
  ]);
}

function chooseTargets(given: readonly string[], targets: readonly Target[]): Target[] {
  const isNamed = (target: Target, name: string) =>
    routeOf(target) === name || target.url === name || urlParts(target.url).path === name;
  for (const name of given) {
    if (!targets.some((target) => isNamed(target, name)))
      throw new UsageError("ERR_USAGE", `there is no route "${name}"`, [
        `one of: ${[...new Set(targets.map(routeOf))].join(", ")}`,
      ]);
  }
  return targets.filter((target) => given.some((name) => isNamed(target, name)));
}
