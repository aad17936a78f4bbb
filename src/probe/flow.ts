/** Walks through the login flow as a viewer would: mint without a session, log in, mint, fetch, try what is forbidden, log out. */
import type { CapturedCookie } from "../capture/capture.ts";
import type { Finding } from "../finding.ts";
import type { Sealed } from "../sealed.ts";
import type { Viewer } from "../seams/viewer.ts";
import type { Clock } from "../seams/world.ts";
import { formatDuration, type Seconds } from "../time.ts";
import { type Credentials, loginBody } from "./credentials.ts";
import { whyDenied } from "./denied-after-mint.ts";
import type { Network } from "./execute.ts";
import { clearedIn, describeFlowAnswer, isEdgesOwn, mintedIn, mintFault, tokenIn } from "./flow-answer.ts";
import { describeScope, type FlowAnswer, FlowBrowser, isSigningCookie } from "./flow-browser.ts";
import { basisOf, type FlowFault, flowFault } from "./flow-faults.ts";
import { lintMinted } from "./flow-lint.ts";
import type { FlowPlan } from "./flow-plan.ts";
import type { Target } from "./target.ts";

export interface FlowStep {
  readonly title: string;
  readonly verdict: "met" | "failed" | "said" | "left";
  /** The observation in a few words. */
  readonly told: string;
}

export interface FlowRun {
  readonly steps: readonly FlowStep[];
  readonly findings: readonly Finding[];
}

interface Needs {
  readonly viewer: Viewer;
  readonly clock: Clock;
}

/** When a set minted now is certain to have expired. */
const endOf = ({ gate }: FlowPlan): Seconds => gate.cookie.ttl + gate.rotation.skew + 1;
export const remintNote = (plan: FlowPlan) =>
  `waits ${formatDuration(endOf(plan))} for the cookies to expire`;

/** Throws ERR_UNREACHABLE only when an endpoint does not answer at all; any response is part of the result. */
export async function executeFlow(
  plan: FlowPlan,
  credentials: Credentials,
  keyPairId: string | undefined,
  world: Needs,
  network: Network,
  signal?: AbortSignal,
): Promise<FlowRun> {
  const flow = new Flow(plan, keyPairId, world, network, signal);
  await flow.run(credentials);
  return { steps: flow.steps, findings: oneOfEach(flow.findings) };
}

/** The same fault on several routes is one finding. */
function oneOfEach(findings: readonly Finding[]): Finding[] {
  const known = new Map<string, Finding>();
  for (const finding of findings) {
    const before = known.get(finding.id);
    const evidence = [...new Set([...(before?.evidence ?? []), ...finding.evidence])];
    known.set(finding.id, { ...(before ?? finding), evidence });
  }
  return [...known.values()];
}

class Flow {
  readonly steps: FlowStep[] = [];
  readonly findings: Finding[] = [];
  readonly #plan: FlowPlan;
  readonly #keyPairId: string | undefined;
  readonly #world: Needs;
  readonly #browser: FlowBrowser;
  readonly #stranger: FlowBrowser;
  readonly #signal: AbortSignal | undefined;
  #token: Sealed<string> | undefined;
  /** The first route that served the session's request. */
  #open: Target | undefined;

  constructor(
    plan: FlowPlan,
    keyPairId: string | undefined,
    world: Needs,
    network: Network,
    signal?: AbortSignal,
  ) {
    this.#plan = plan;
    this.#keyPairId = keyPairId;
    this.#world = world;
    this.#browser = new FlowBrowser(world, network, signal);
    this.#stranger = new FlowBrowser(world, network, signal);
    this.#signal = signal;
  }

  async run(credentials: Credentials): Promise<void> {
    await this.#mintWithoutSession();
    if (!(await this.#logIn(credentials))) return;
    if (!(await this.#mint())) return;
    await this.#access();
    await this.#forbidden();
    if (this.#plan.remint) await this.#remint();
    if (this.#plan.abuse !== undefined) await this.#abuse(this.#plan.abuse);
    await this.#logOut();
  }

  async #mintWithoutSession(): Promise<void> {
    const answer = await this.#stranger.ask("POST", this.#plan.mint);
    const minted = mintedIn(answer).length > 0;
    const title = "minting without a session is refused";
    if (minted) this.#fail(title, "mint-without-session", answer);
    else if (answer.edge === "denied") this.#fail(title, "mint-endpoint-behind-gate", answer);
    else this.#met(title, describeFlowAnswer(answer));
  }

  async #logIn(credentials: Credentials): Promise<boolean> {
    const { login, bodyTemplate, gate } = this.#plan;
    const answer = await this.#browser.ask("POST", login, { body: loginBody(bodyTemplate, credentials) });
    const title = "log in";
    const token = tokenIn(answer, gate.flow?.tokenField);
    const isByCookie = gate.flow?.tokenField === undefined;
    const hasSession = isByCookie ? answer.setCookies.reveal().length > 0 : token !== undefined;
    const isIn = answer.status < 400 && hasSession;
    this.#token = token;
    if (isIn) this.#met(title, describeFlowAnswer(answer));
    else if (answer.edge === "denied") this.#fail(title, "login-endpoint-behind-gate", answer);
    else this.#fail(title, answer.status < 400 ? "login-without-token" : "login-fails", answer);
    return isIn;
  }

  async #mint(): Promise<boolean> {
    const { mint, gate, targets } = this.#plan;
    const asked = this.#world.clock.now();
    const answer = await this.#browser.ask("POST", mint, { token: this.#token });
    // By the server's clock, where this machine's is off.
    const at = asked - (answer.machineAhead ?? 0);
    const title = "mint";
    if (answer.status >= 400) {
      this.#fail(title, mintFault(answer), answer);
      return false;
    }
    const lines = answer.setCookies.reveal();
    const usedAt = targets.map(({ url }) => url);
    const faults = await lintMinted({ url: mint, lines, at }, gate, usedAt, this.#keyPairId);
    this.findings.push(...faults);
    const isHealthy = faults.every(({ severity }) => severity === "note");
    const summary = isHealthy
      ? `${describeFlowAnswer(answer)}, all as declared`
      : faults.map(({ id }) => id).join(", ");
    this.steps.push({
      title: "mint, and what it sets",
      verdict: isHealthy ? "met" : "failed",
      told: summary,
    });
    return mintedIn(answer).length > 0;
  }

  async #access(): Promise<void> {
    for (const target of this.#plan.targets) {
      const title = `protected access to ${target.label}`;
      const { sent, withheld } = this.#browser.sending(target.url);
      if (!sent.some(isSigningCookie)) {
        const why = [...new Set(withheld.filter(isSigningCookie).map(({ sentence }) => sentence))];
        this.#failed(title, "cookies-not-sent", "no signed cookie is sent", [...why, `to ${target.url}`]);
        continue;
      }
      const answer = await this.#browser.ask("GET", target.url, { token: this.#token });
      if (answer.edge === "denied") {
        this.findings.push(...whyDenied(sent, target.url, answer, this.#world.clock.now(), this.#plan.gate));
        this.#fail(title, "minted-but-denied", answer);
      } else if (answer.status === 401) this.#fail(title, "session-not-recognised", answer);
      else if (answer.edge === "passed" && answer.status < 500) {
        this.#met(title, describeFlowAnswer(answer));
        if (answer.status < 300) this.#open ??= target;
      } else this.#fail(title, "minted-but-no-access", answer);
    }
  }

  async #forbidden(): Promise<void> {
    const { forbidden } = this.#plan;
    const title = "the application refuses what this session may not read";
    if (forbidden === undefined) return this.#left(title, "the gate has no flow.forbiddenPath");
    const answer = await this.#browser.ask("GET", forbidden, { token: this.#token });
    if (answer.edge === "denied")
      return this.#left(title, `the edge denied it first: ${describeFlowAnswer(answer)}`);
    if (isEdgesOwn(answer))
      return this.#left(title, `the application did not answer: ${describeFlowAnswer(answer)}`);
    if (answer.status === 403 || answer.status === 404) this.#met(title, describeFlowAnswer(answer));
    else if (answer.status < 300) this.#fail(title, "authorization-missing", answer);
    else this.#left(title, `it did not check this session's rights: ${describeFlowAnswer(answer)}`);
  }

  async #remint(): Promise<void> {
    const { targets, mint } = this.#plan;
    const target = this.#open ?? targets[0];
    if (target === undefined) return;
    const title = "expired cookies are refused, and a new set passes";
    const old = this.#browser.sending(target.url).sent;
    if (!old.some(isSigningCookie)) return this.#left(title, "no signed cookie is sent there");
    await this.#world.clock.sleep(endOf(this.#plan), this.#signal);
    const late = await this.#stranger.ask("GET", target.url, { token: this.#token, cookies: old });
    // The application served this before, so a 403 is probably an error page that hides the edge's denial.
    const isHidden = this.#open !== undefined && late.status === 403;
    if (late.edge !== "denied" && (late.edge === "unsure" || isEdgesOwn(late) || isHidden)) {
      return this.#left(title, `the signature check did not answer: ${describeFlowAnswer(late)}`);
    }
    if (late.edge !== "denied") return this.#fail(title, "expired-cookies-pass", late);
    const minted = await this.#browser.ask("POST", mint, { token: this.#token });
    if (minted.status >= 400) return this.#fail(title, "remint-fails", minted);
    const fresh = await this.#browser.ask("GET", target.url, { token: this.#token });
    if (fresh.edge === "passed")
      this.#met(title, `${describeFlowAnswer(late)}, then ${describeFlowAnswer(fresh)}`);
    else this.#fail(title, "remint-fails", fresh);
  }

  async #abuse(times: number): Promise<void> {
    const title = "the anti-abuse limit answers";
    for (let count = 1; count <= times; count += 1) {
      const answer = await this.#browser.ask("POST", this.#plan.mint, { token: this.#token });
      if (answer.status === 429) return this.#met(title, `429 at mint ${count}`);
      if (answer.layer === "edge-waf")
        return this.#met(title, `${describeFlowAnswer(answer)} at mint ${count}`);
      if (answer.status >= 400) return this.#fail(title, mintFault(answer), answer);
    }
    this.#failed(title, "no-anti-abuse-limit", `${times} mints in a row`, [`${times} mints were answered`]);
  }

  async #logOut(): Promise<void> {
    const { logout, targets, mint } = this.#plan;
    const title = "log out clears every cookie";
    if (logout === undefined) return this.#left(title, "the gate has no signer.logoutEndpoint");
    const places = targets.map(({ url }) => url);
    const before = places.map((url) => this.#browser.sending(url).sent.filter(isSigningCookie));
    const session = this.#browser.sending(mint).sent;
    const answer = await this.#browser.ask("POST", logout, { token: this.#token });
    if (answer.status >= 400) return this.#fail(title, "logout-fails", answer);
    const left = places.flatMap((url) => this.#browser.sending(url).sent.filter(isSigningCookie));
    if (left.length === 0) this.#met(title, `${describeFlowAnswer(answer)}; none is sent any more`);
    else this.#keptAfterLogout(title, left, answer);
    await this.#copied(places[0], before[0] ?? []);
    const after = "after logout the old session cannot mint";
    if (this.findings.some(({ id }) => id === "mint-without-session"))
      return this.#left(after, "anybody can");
    const again = await this.#stranger.ask("POST", mint, { token: this.#token, cookies: session });
    if (mintedIn(again).length === 0) this.#met(after, describeFlowAnswer(again));
    else this.#fail(after, "mint-after-logout", again);
  }

  /** Which cookies remain, and what is wrong with the Set-Cookie lines that should clear them. */
  #keptAfterLogout(title: string, left: readonly CapturedCookie[], answer: FlowAnswer): void {
    const now = this.#world.clock.now();
    const cleared = clearedIn(answer, this.#plan.logout ?? "", now);
    const names = [...new Set(left.map(({ name }) => name))];
    const never = names.filter((name) => !cleared.some((each) => each.name === name));
    const fault = never.length > 0 ? "logout-forgets-a-name" : "logout-clears-another-place";
    const evidence = left.map((kept) => {
      const other = cleared.find(({ name }) => name === kept.name);
      const instead = other === undefined ? "not cleared at all" : `cleared for ${describeScope(other)}`;
      return `${kept.name} is set for ${describeScope(kept)}, ${instead}`;
    });
    this.#failed(title, fault, `${names.length} of the cookies remain`, [...new Set(evidence)]);
  }

  async #copied(url: string | undefined, copy: readonly CapturedCookie[]): Promise<void> {
    if (url === undefined || copy.length === 0) return;
    const answer = await this.#stranger.ask("GET", url, { cookies: copy });
    const summary =
      answer.edge === "passed"
        ? `${describeFlowAnswer(answer)}: they do, until they expire; clearing does not revoke them`
        : `${describeFlowAnswer(answer)}: no longer`;
    this.steps.push({
      title: "copies of the cookies still pass the edge after logout",
      verdict: "said",
      told: summary,
    });
  }

  #met(title: string, summary: string): void {
    this.steps.push({ title, verdict: "met", told: summary });
  }
  #left(title: string, summary: string): void {
    this.steps.push({ title, verdict: "left", told: summary });
  }
  #fail(title: string, fault: FlowFault, answer: FlowAnswer): void {
    this.#failed(title, fault, describeFlowAnswer(answer), [describeFlowAnswer(answer), ...answer.evidence]);
  }
  #failed(title: string, fault: FlowFault, summary: string, evidence: readonly string[]): void {
    this.steps.push({ title, verdict: "failed", told: summary });
    const text = flowFault(fault, this.#plan.gate.name);
    this.findings.push({ id: fault, severity: "error", basis: basisOf(fault), evidence, ...text });
  }
}
