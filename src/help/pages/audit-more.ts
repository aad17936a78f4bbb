/** What the audit finds, continued: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const AUDIT_MORE_PAGES: ExplainPages = {
  "managed-rotation-on": {
    apart: "A rotation is refused or halts with managed-rotation for the same reason.",
    fix: "keyturn secret cancel-rotation",
    runbook: "resume-a-rotation",
  },
  "secret-is-replica": {
    apart: "replica-out-of-sync: the replica lags.",
    fix: "Set `region` to the region of the primary secret.",
  },
  "replica-out-of-sync": {
    apart: "replica-other-version: in sync, but on another version.",
    fix: "`keyturn secret replicate REGION` repairs it, and waits until it is in sync. If another secret there has the same name, only `--overwrite` helps, which deletes that secret.",
    runbook: "everyone-gets-403",
  },
  "replica-other-version": {
    apart: "With replica-out-of-sync, the replica itself reports that it lags.",
    fix: "Wait a minute; then replicate again.",
    runbook: "everyone-gets-403",
  },
  "secret-in-several-gates": {
    apart: "key-in-several-gates: two secrets hold one key.",
    fix: "Give each gate a secret of its own, or declare one gate.",
  },
  "rotation-open": {
    apart: "A halted rotation was stopped for a reason; this one was simply not resumed.",
    fix: "keyturn rotate status --gate NAME",
    runbook: "resume-a-rotation",
  },
  "record-unreadable": {
    apart: "rotation-record-deleted: the record is scheduled for deletion.",
    fix: "keyturn rotate resume --gate NAME --rebuild-record",
    runbook: "resume-a-rotation",
  },
  "rotation-labels-left": {
    apart:
      "rotation-open: the record is still open. rotation-record-lost: it is gone, and the rotation needs its labels.",
    fix: "keyturn secret release-labels --gate NAME",
    runbook: "resume-a-rotation",
  },
  "secret-written-by-hand": {
    apart: "If this happens during a rotation, the rotation halts with foreign-signing-key.",
    fix: "`keyturn audit --gate NAME`; then `keyturn rotate plan`.",
    runbook: "leaked-key",
  },
  "verification-header-in-clear": {
    apart: "origin-open: the origin checks no header at all.",
    fix: "Use https-only as the origin protocol policy.",
  },
  "access-logs-absent": {
    apart: "This is not a fault at the edge.",
    fix: "Turn standard logging on; `keyturn logs where` shows what there is.",
  },
  "cookie-logging-off": {
    apart: "logs-hold-cookies: the opposite. Signed URLs are in the logs either way.",
    fix: "Turn cookie logging on at least 12 hours before a rotation, and off after it. While it is on, the logs contain every cookie, usable until it expires.",
  },
  "logs-hold-cookies": {
    apart: "cookies-forwarded: cookies reach the origin.",
    fix: "Turn cookie logging off; restrict the bucket.",
    runbook: "leaked-key",
  },
  "ipv6-with-ip-policy": {
    apart: "viewer-moved: the same family, another address.",
    fix: "Turn IPv6 off for the distribution, or sign without AWS:SourceIp.",
    runbook: "one-user-gets-403",
  },
};
