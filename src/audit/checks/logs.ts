/** Checks of the access logs: are there any, and do they show which key a viewer uses? */
import type { Distribution } from "../../cloudfront/distribution.ts";
import { distributionLines } from "../../cloudfront/setting-lines.ts";
import { destinationsOf } from "../../logs/destinations.ts";
import type { Check } from "../check.ts";
import { type GateSnapshot, isUnderWay } from "../gate-snapshot.ts";

/** A key this close to the end of its allowed age has a rotation planned. */
const SOON = 30 * 86_400;

const destinationsIn = (distribution: Distribution, { deliveries = [] }: GateSnapshot) =>
  destinationsOf(distribution, deliveries);

export const LOG_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "access-logs-absent",
    severity: "note",
    what: "no access logs found: denials cannot be looked up afterwards",
    *look(snapshot) {
      for (const distribution of snapshot.distributions) {
        if (destinationsIn(distribution, snapshot).length > 0) continue;
        const isAsked = snapshot.deliveries !== undefined;
        yield {
          message: "no access logs found",
          evidence: [
            "standard logging (legacy) is off, and no behavior has real-time logs",
            isAsked
              ? "CloudWatch Logs describes no delivery of standard logging v2 for it"
              : "deliveries of standard logging v2 were not checked",
          ],
          remedy: `turn standard logging on before you need it; then: \`keyturn logs where --gate ${snapshot.gate.name}\``,
          setting: distributionLines(distribution.id, { Logging: { Bucket: "BUCKET.s3.amazonaws.com" } }),
          where: distribution.id,
          inferred: !isAsked,
        };
      }
    },
  },
  {
    id: "logs-hold-cookies",
    severity: "warning",
    what: "access logs record cookies: whoever reads the bucket can use them until they expire",
    *look(snapshot) {
      for (const distribution of snapshot.distributions) {
        const logged = destinationsIn(distribution, snapshot).filter(({ cookies }) => cookies === "logged");
        if (logged.length === 0) continue;
        const isRotating = isUnderWay(snapshot.rotation);
        yield {
          message: "access logs record the Cookie header, including signed cookies",
          evidence: [
            `Logging.IncludeCookies: true, to ${logged.map(({ place }) => place).join(", ")}`,
            ...(isRotating ? ["a rotation is open: these lines show who still uses the old key"] : []),
          ],
          setting: distributionLines(distribution.id, { Logging: { IncludeCookies: false } }),
          remedy: isRotating
            ? `once the rotation is finished, set Logging.IncludeCookies of ${distribution.id} to false`
            : `set Logging.IncludeCookies of ${distribution.id} to false`,
          where: distribution.id,
          ...(isRotating && { severity: "note" as const }),
        };
      }
    },
  },
  {
    id: "cookie-logging-off",
    severity: "note",
    what: "a rotation is open or due, and access logs record no cookies: they cannot show who still uses the old key",
    *look(snapshot) {
      const why = rotationAhead(snapshot);
      if (why === undefined) return;
      for (const distribution of snapshot.distributions) {
        const destinations = destinationsIn(distribution, snapshot);
        if (destinations.length === 0) continue;
        if (destinations.some(({ cookies }) => cookies === "logged" || cookies === "cut-off")) continue;
        yield {
          message: "access logs record no cookies, so they cannot show who still uses the old key",
          evidence: [
            why,
            ...destinations.map(({ place, cookies }) =>
              cookies === "not-chosen"
                ? `${place}: cs(Cookie) is not among the delivered fields`
                : `${place}: Logging.IncludeCookies is false`,
            ),
          ],
          remedy: `set Logging.IncludeCookies of ${distribution.id} to true until the rotation is over (it takes up to 12 hours to take effect). The logs then contain every session cookie and signed cookie: restrict access to the bucket, and delete those logs afterwards`,
          setting: distributionLines(distribution.id, { Logging: { IncludeCookies: true } }),
          where: distribution.id,
        };
      }
    },
  },
];

/** Why the logs will be needed to look up keys; undefined if no rotation is due. */
function rotationAhead({ gate, rotation, secret, now }: GateSnapshot): string | undefined {
  if (rotation.record !== undefined && isUnderWay(rotation))
    return `rotation ${rotation.record.rotation} is open`;
  if (gate.maxKeyAge === undefined || secret.current === undefined) return undefined;
  const left = secret.current.createdAt + gate.maxKeyAge - now;
  // An overdue rotation has its own finding.
  return left > 0 && left < SOON ? "maxKeyAge requires a rotation within 30 days" : undefined;
}
