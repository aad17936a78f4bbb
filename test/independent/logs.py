"""A small reader of CloudFront access logs, written from the documentation alone: what `keyturn logs` is held against.

Reads one file (v1 gz or v2 JSON lines), prints one JSON document. Knows nothing of the program under test.
"""
import gzip, json, re, sys
from collections import defaultdict
from datetime import datetime, timezone

# Bodies of the five denials of the signature check; their length is all that a log has of them.
BODY = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message></Error>'
MESSAGES = {
    "MissingKey": "Missing Key-Pair-Id query parameter or cookie value",
    "InvalidKey": "Unknown Key",
    "AccessDenied": "Access denied",
    "MalformedPolicy": "Malformed Policy",
    "MalformedSignature": "Could not unencode Signature",
}
CODE_OF = {str(len(BODY % item)): item[0] for item in MESSAGES.items()}
QUERY_NAMES = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
# The page of a WAF block, as transcripts show it.
WAF_PAGE = "919"


def lines(path):
    raw = open(path, "rb").read()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    names = None
    for line in raw.decode("utf-8").split("\n"):
        if line.startswith("{"):
            yield json.loads(line)
        elif line.startswith("#Fields:"):
            names = line.split()[1:]
        elif line and not line.startswith("#"):
            yield dict(zip(names, line.split("\t")))


def pairs(text, separators):
    found = {}
    for part in re.split(separators, text):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name, value)
    return found


def credential(row):
    query = row.get("cs-uri-query", "-")
    signed = pairs(query, "&")
    if any(name in signed for name in QUERY_NAMES):
        return "query", signed.get("Key-Pair-Id")
    cookie = row.get("cs(Cookie)", "-")
    sent = pairs(cookie, r";(?:%20| )*")
    own = {name[len("CloudFront-"):]: value for name, value in sent.items() if name.startswith("CloudFront-")}
    if any(name in own for name in ("Expires", "Policy", "Signature", "Key-Pair-Id")):
        return "cookies", own.get("Key-Pair-Id")
    return "none", None


def answerer(row, status):
    """Who answered a denial, and the code; (None, None) for no denial."""
    result, final = row["x-edge-result-type"], row["x-edge-response-result-type"]
    if 200 <= status <= 399 and result == "Error" and final == "Error":
        return "error-page", None
    if status not in (401, 403):
        return None, None
    kind, length, detailed = row["sc-content-type"], row["sc-content-len"], row["x-edge-detailed-result-type"]
    if status == 403 and kind.startswith("text/xml") and length in CODE_OF:
        return "edge-signature", CODE_OF[length]
    if detailed == "ClientGeoBlocked":
        return "edge-geo", None
    if detailed == "InvalidRequestMethod":
        return "edge-method", None
    if kind.startswith("text/html") and length == WAF_PAGE:
        return "edge-waf", None
    if status == 401:
        return "origin", None
    if kind == "-" or kind.startswith("text/html") or float(row["time-taken"]) < 0.002:
        return "unsure", None
    return "origin", None


def instant(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def main(path):
    rows = []
    for row in lines(path):
        at = datetime.strptime(row["date"] + row["time"], "%Y-%m-%d%H:%M:%S").replace(tzinfo=timezone.utc).timestamp()
        status = int(row["sc-status"])
        who, code = answerer(row, status)
        carrier, key = credential(row)
        if who == "edge-signature":
            verdict = "denied"
        elif who == "origin":
            verdict = "accepted"
        elif who or status in (0, 400, 414, 494) or row["x-edge-result-type"] == "Redirect":
            verdict = "unclear"
        else:
            verdict = "accepted"
        rows.append(dict(row=row, at=at, status=status, who=who, code=code, carrier=carrier, key=key, verdict=verdict))

    denials, keys, open_paths = defaultdict(int), {}, {}
    cookie_times = [each["at"] for each in rows if each["row"]["cs(Cookie)"] != "-"]
    first_at = {}
    for each in rows:
        if each["row"]["cs(Cookie)"] != "-":
            place = each["row"]["x-edge-location"]
            first_at[place] = min(first_at.get(place, each["at"]), each["at"])
    without = [
        each["at"]
        for each in rows
        if each["row"]["cs-uri-stem"].startswith("/api/") and 200 <= each["status"] <= 399 and not each["who"] and each["carrier"] == "none"
        and each["row"]["x-edge-result-type"] not in ("Redirect", "Error")
    ]
    # Cookie logging reaches one location after another, for up to 12 hours.
    is_spreading = cookie_times and without and min(without) < min(cookie_times)
    for each in rows:
        row, at = each["row"], each["at"]
        if each["who"]:
            denials[(instant(at // 3600 * 3600), each["who"], each["code"])] += 1
        if each["key"] and re.fullmatch(r"[A-Za-z0-9_-]{1,128}", each["key"]):
            seen = keys.setdefault(each["key"], dict(accepted=0, denied=0, unclear=0, first=at, last=at))
            seen[each["verdict"]] += 1
            seen["first"], seen["last"] = min(seen["first"], at), max(seen["last"], at)
        protected = row["cs-uri-stem"].startswith("/api/")
        answered = 200 <= each["status"] <= 399 and not each["who"] and row["x-edge-result-type"] not in ("Redirect", "Error")
        logged = cookie_times and min(cookie_times) <= at <= max(cookie_times) + 3600
        if logged and is_spreading and at < min(cookie_times) + 12 * 3600:
            logged = at >= first_at.get(row["x-edge-location"], at + 1)
        if protected and answered and each["carrier"] == "none" and logged:
            host = row["x-host-header"] if row["x-host-header"] != "-" else row["cs(Host)"]
            seen = open_paths.setdefault((host, row["cs-uri-stem"]), dict(requests=0, first=at, last=at))
            seen["requests"] += 1
            seen["first"], seen["last"] = min(seen["first"], at), max(seen["last"], at)
    json.dump(
        {
            "lines": len(rows),
            "denials": sorted([bucket, who, code or "", count] for (bucket, who, code), count in denials.items()),
            "old-key": sorted(
                [key, s["accepted"], s["denied"], s["unclear"], instant(s["first"]), instant(s["last"])]
                for key, s in keys.items()
            ),
            "ungated": sorted([h, p, s["requests"], instant(s["first"]), instant(s["last"])] for (h, p), s in open_paths.items()),
        },
        sys.stdout,
    )


main(sys.argv[1])
