/** Whether another execution already drives the gate. Two would do no harm; one is enough. Pure. */
import { gatePart, gatePartOf } from "./execution-name.ts";
import type { RunningExecution } from "./turn-shape.ts";

/** The earliest of the gate's running executions, unless that is this one. */
export function earlierExecution(
  gate: string,
  own: string,
  running: readonly RunningExecution[],
): string | undefined {
  const [first] = running
    .filter(({ Name }) => gatePartOf(Name) === gatePart(gate))
    .sort((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1));
  return first === undefined || first.Name === own || !running.some(({ Name }) => Name === own)
    ? undefined
    : first.Name;
}

/** In the order they started; ties are sorted by name. */
const orderOf = ({ StartDate, Name }: RunningExecution) =>
  `${new Date(StartDate).getTime().toString().padStart(15, "0")} ${Name}`;
