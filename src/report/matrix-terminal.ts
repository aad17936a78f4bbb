/** `keyturn matrix` on a terminal: the Markdown page, fitted to its width. */
import type { EnforcementMatrix, LayerCell, MatrixRow } from "../audit/matrix.ts";
import { table, visibleWidth, wrap } from "../text/layout.ts";
import { printable } from "../text/printable.ts";
import { formatInstant } from "../time.ts";
import type { Style } from "./style.ts";

export function matrixOnTerminal(
  { gate, auditedAt, probedAt, rows }: EnforcementMatrix,
  style: Style,
): string {
  const wasProbed = probedAt !== undefined;
  const places = new Set(rows.map(({ distribution }) => distribution)).size;
  const named = rows.map((row) => ({
    row,
    name: printable(places > 1 ? `${row.route} at ${row.distribution}` : row.route),
  }));
  const read = `Settings read ${formatInstant(auditedAt)}.`;
  const { ok, fail } = style.sign;
  return [
    `${style.bold(`Who enforces what: gate ${printable(gate)}`)}\n${wrap(
      wasProbed ? `${read} Probed ${formatInstant(probedAt)}.` : `${read} Not probed: add --probe.`,
      style.columns,
    )}`,
    rows.length > 0 ? layersTable(named, wasProbed, style) : style.warn("No route was checked."),
    style.dim(
      wrap(
        `${ok} in place, ${fail} not in place, ? not observed: ${
          wasProbed
            ? "first according to CloudFront's settings, then according to a probe's real requests"
            : "according to CloudFront's settings"
        }.`,
        style.columns,
      ),
    ),
    ...named.map(({ row, name }) => evidence(row, name, wasProbed, style)),
    wrap(
      "Signed cookies are an edge gate, not authentication: the application still authorizes every request.",
      style.columns,
    ),
  ].join("\n\n");
}

interface Named {
  readonly row: MatrixRow;
  readonly name: string;
}

/** A name that leaves no room for the others gets its own line. */
function layersTable(named: readonly Named[], wasProbed: boolean, style: Style): string {
  const head = ["edge", "origin verification", "application"];
  const cells = named.map(({ row }) => row.cells.map((cell) => cellText(cell, wasProbed, style)));
  const beside = table([["route", ...head], ...named.map(({ name }, at) => [name, ...(cells[at] ?? [])])]);
  if (Math.max(...beside.split("\n").map(visibleWidth)) <= style.columns) return beside;
  const [first = "", ...others] = table([["", ...head], ...cells.map((each) => ["", ...each])]).split("\n");
  return [first, ...others.flatMap((line, at) => [named[at]?.name ?? "", line])].join("\n");
}

function cellText({ declared, configured, probed }: LayerCell, wasProbed: boolean, style: Style): string {
  if (declared)
    return [
      "required",
      signOf(configured.state, style),
      ...(wasProbed ? [signOf(probed.state, style)] : []),
    ].join(" ");
  return [configured, probed].some(isInPlace) ? "in place" : style.dim("not required");
}

function evidence({ methods, cells }: MatrixRow, name: string, wasProbed: boolean, style: Style): string {
  const lines = cells
    .filter(({ declared, configured, probed }) => declared || [configured, probed].some(isInPlace))
    .map(({ layer, configured, probed }) => {
      const text = [configured.says, ...(wasProbed ? [probed.says] : [])].map(printable).join("; ");
      return wrap(`${layer}: ${text}`, style.columns, 2, 4);
    });
  const methodNames = methods.join(" ") || "GET HEAD";
  return [wrap(`${style.bold(name)}  ${style.dim(methodNames)}`, style.columns, 0, 4), ...lines].join("\n");
}

const isInPlace = ({ state }: LayerCell["configured"]) => state === "yes";

function signOf(state: LayerCell["configured"]["state"], style: Style): string {
  if (state === "not-seen") return style.warn("?");
  return state === "yes" ? style.good(style.sign.ok) : style.bad(style.sign.fail);
}
