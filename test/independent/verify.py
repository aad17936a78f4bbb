#!/usr/bin/env python3
"""Judges signed requests as CloudFront's edge would, from the documented rules alone.

The independent judge of the edge check: it shares no line, no data and no language with the program it is held
against. Standard library and the openssl command only; every signature is checked by `openssl dgst -verify`.

Reads one JSON object a line on stdin:

    {"url": "https://host/path?query",        the request as sent, byte for byte
     "cookies": "name=value; name=value",     the Cookie header; optional
     "ip": "192.0.2.1",                       the viewer; optional
     "now": 1800000000,                       epoch seconds
     "keys": {"K2JCJMDEHXQW5F": "PEM"},       trusted public keys; null where the behavior trusts no key group
     "behaviors": [["/p/*", {...}|null]]}     instead of keys: path patterns in order, each with its keys

and answers each with a line:

    {"allowed": false, "code": "AccessDenied", "reason": "expired",
     "undocumented": false, "unknowns": []}   unknowns: the undocumented questions on which this verdict hangs

The Developer Guide pages meant by the comments: "cookies" and "urls" are
private-content-setting-signed-cookie-{canned,custom}-policy and private-content-creating-signed-url-{canned,custom}-policy,
"choosing" is private-content-choosing-signed-urls-cookies.
"""
import base64
import binascii
import hashlib
import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

NAMES = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
LAST_EPOCH = 2**63 - 1  # "urls" gives this as the largest Expires
FIRST_MILLISECONDS = 10**12  # thirteen digits: users saw MalformedPolicy for milliseconds


class Denied(Exception):
    def __init__(self, code, reason):
        super().__init__(reason)
        self.code = code
        self.reason = reason


# --- the request -----------------------------------------------------------------------------------------------


def split_url(url):
    """scheme, authority, path, query (None when there is no question mark)."""
    match = re.fullmatch(r"([^:/?]+)://([^/?]*)([^?]*)(?:\?(.*))?", url.split("#", 1)[0], re.S)
    if not match:
        raise ValueError("not an absolute URL: " + url)
    scheme, authority, path, query = match.groups()
    return scheme, authority, path or "/", query


def query_credentials(query, unknowns):
    """The signing parameters of a query, and what remains of it when they are left out."""
    found, own = {}, []
    for pair in query.split("&") if query is not None else []:
        name, _, value = pair.partition("=")
        if name in NAMES:
            if name in found:
                unknowns.add("a repeated signing parameter: which one counts")
            else:
                found[name] = value
        else:
            if name.lower() in (known.lower() for known in NAMES):
                unknowns.add("a signing parameter in another case")
            if "%" in name and percent_decoded(name) in NAMES:
                unknowns.add("a percent-encoded signing parameter name")
            own.append(pair)
    if found and "" in own:
        unknowns.add("empty pairs in the query")
    return found, "&".join(own)


def percent_decoded(text):
    return re.sub("%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), text)


def cookie_credentials(header, unknowns):
    found = {}
    for pair in header.split(";"):
        name, equals, value = pair.strip(" \t").partition("=")
        if not equals or not name.startswith("CloudFront-") or name[11:] not in NAMES:
            continue
        if name[11:] in found:
            if found[name[11:]] != value:
                unknowns.add("cookies of the same name: which one counts")
            continue
        if value.startswith('"'):
            unknowns.add("a quoted cookie value")
        found[name[11:]] = value
    return found


def trusted_keys(request, path):
    """The keys of the first behavior whose pattern matches the normalised path; None where nothing is trusted."""
    if "behaviors" not in request:
        return request["keys"]
    for pattern, keys in request["behaviors"]:
        if wildcard(pattern, normalised(path)):
            return keys
    raise ValueError("no behavior matches; give a default one, *")


def normalised(path):
    """Dot segments and doubled slashes taken out, for the choice of the behavior only."""
    kept = []
    segments = re.sub("/+", "/", path).split("/")[1:]
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
            continue
        if last:
            kept.append("")
    return "/" + "/".join(kept)


# --- values ----------------------------------------------------------------------------------------------------


def unbase64(text):
    """CloudFront's base64: the ordinary one, padded, with - for +, _ for = and ~ for /."""
    if not re.fullmatch("[A-Za-z0-9~-]+_{0,2}", text) or len(text) % 4:
        return None
    try:
        return base64.b64decode(text.translate(str.maketrans("-_~", "+=/")), validate=True)
    except (binascii.Error, ValueError):
        return None


def epoch(value, unknowns):
    if type(value) is not int or value <= 0 or value > LAST_EPOCH:
        return None
    if value >= 100 * FIRST_MILLISECONDS:
        unknowns.add("an epoch beyond milliseconds: allowed up to the documented maximum, though users saw it refused")
    elif value >= FIRST_MILLISECONDS:
        return None
    return value


def canned_policy(scheme, authority, path, own_query, had_query, expires, unknowns):
    if had_query and own_query == "":
        # "urls" leaves the ? out when nothing of one's own remains; a bare ? that the viewer sent is not discussed
        unknowns.add("a lone question mark")
    resource = scheme + "://" + authority + path + ("?" + own_query if own_query else "")
    return (
        '{"Statement":[{"Resource":"' + resource + '","Condition":{"DateLessThan":{"AWS:EpochTime":' + expires + "}}}]}"
    ).encode("utf-8", "surrogateescape")


def read_policy(text, unknowns):
    """The one statement of a custom policy as (resource, less_than, greater_than, source_ip)."""
    try:
        document = json.loads(text.decode("utf-8"))
    except (UnicodeDecodeError, ValueError):
        raise Denied("MalformedPolicy", "policy is no JSON") from None
    statements = document.get("Statement") if isinstance(document, dict) else None
    if not isinstance(statements, list) or len(statements) != 1 or not isinstance(statements[0], dict):
        raise Denied("MalformedPolicy", "not exactly one statement in an array")
    condition = statements[0].get("Condition")
    if not isinstance(condition, dict) or not isinstance(condition.get("DateLessThan"), dict):
        raise Denied("MalformedPolicy", "no DateLessThan")
    less_than = epoch(condition["DateLessThan"].get("AWS:EpochTime"), unknowns)
    if less_than is None:
        raise Denied("MalformedPolicy", "DateLessThan is no sane integer")
    greater_than = source_ip = None
    if "DateGreaterThan" in condition:
        given = condition["DateGreaterThan"]
        greater_than = epoch(given.get("AWS:EpochTime") if isinstance(given, dict) else None, unknowns)
        if greater_than is None:
            raise Denied("MalformedPolicy", "DateGreaterThan is no sane integer")
    if "IpAddress" in condition:
        given = condition["IpAddress"]
        source_ip = given.get("AWS:SourceIp") if isinstance(given, dict) else None
        if not isinstance(source_ip, str):
            unknowns.add("an IpAddress that is not a string")
            raise Denied("MalformedPolicy", "IpAddress is not a string")
    if set(condition) - {"DateLessThan", "DateGreaterThan", "IpAddress"}:
        unknowns.add("an unknown condition")
    if "Resource" in statements[0] and not isinstance(statements[0]["Resource"], str):
        unknowns.add("a Resource that is not a string")
        raise Denied("MalformedPolicy", "Resource is not a string")
    return statements[0].get("Resource"), less_than, greater_than, source_ip


# --- Resource --------------------------------------------------------------------------------------------------


def wildcard(pattern, text):
    return re.fullmatch("".join({"*": ".*", "?": "."}.get(c) or re.escape(c) for c in pattern), text, re.S) is not None


def by_sections(pattern, scheme, authority, path, query):
    """ "urls", custom policy: protocol, domain, path and query are matched each by itself."""
    match = re.match(r"([^/]*?)://(.*)", pattern, re.S)
    if match:
        protocol, rest = match.groups()
    elif pattern.startswith("*"):
        protocol, rest = "*", pattern
    else:
        return False
    domain, slash, tail = rest.partition("/")
    if not wildcard(protocol, scheme) or not wildcard(domain, authority):
        return False
    if not slash:
        return domain.endswith("*") or (path == "/" and query is None)
    tail = "/" + tail
    if "\\?" in tail:
        before, _, after = tail.partition("\\?")
        readings = [(before, after)]
    else:
        # a ? is a wildcard and the delimiter: each may be either
        readings = [(tail, None)]
        readings += [(tail[:at], tail[at + 1 :]) for at, c in enumerate(tail) if c == "?"]
    for path_pattern, query_pattern in readings:
        if not wildcard(path_pattern, path):
            continue
        if query_pattern is None:
            if query is None or path_pattern.endswith("*"):
                return True
        elif query is not None and wildcard(query_pattern, query):
            return True
    return False


def by_whole_string(pattern, url):
    """ "cookies", custom policy: wildcards anywhere in the string."""
    pieces = pattern.split("\\?")
    expression = r"\?".join(
        "".join({"*": ".*", "?": "."}.get(c) or re.escape(c) for c in piece) for piece in pieces
    )
    return re.fullmatch(expression, url, re.S) is not None


def covers(resource, mode, scheme, authority, path, own_query, unknowns):
    query = own_query or None
    low = resource_with_host(resource, str.lower)
    sectioned = by_sections(low, scheme, authority.lower(), path, query)
    if by_sections(resource, scheme, authority, path, query) != sectioned:
        unknowns.add("the case of the host")
    pattern_host = re.sub(r"^[^/]*?://", "", resource).partition("/")[0]
    if re.search(r":\d+$", authority) or re.search(r":[\d*?]+$", pattern_host):
        unknowns.add("a port")
    if "\\?" in resource:
        unknowns.add("an escaped question mark")
    if not resource.startswith("*") and re.fullmatch(r"[^/]*?://[^/]*[^/*]", resource):
        unknowns.add("a Resource without a path")
    if not re.match(r"(?:https?|\*)://|\*", resource):
        unknowns.add("a Resource that begins neither http://, https:// nor *")
    if mode == "cookies":
        if not re.match("https?://", resource):
            unknowns.add("a cookie's Resource that does not begin http:// or https://")
        whole = scheme + "://" + authority.lower() + path + ("?" + query if query is not None else "")
        if by_whole_string(low, whole) != sectioned:
            unknowns.add("wildcards of a cookie: by section, or over the whole string")
    return sectioned


def resource_with_host(resource, change):
    match = re.match(r"((?:[^/]*?://)?)([^/]*)(.*)", resource, re.S)
    return match[1] + change(match[2]) + match[3] if match else resource


# --- IpAddress -------------------------------------------------------------------------------------------------


def within(source_ip, viewer, unknowns):
    address, slash, bits = source_ip.partition("/")
    if not slash:
        unknowns.add("a bare address without /nn")
    try:
        lowest = ipaddress.IPv4Address(address)
        width = int(bits) if slash else 32
        if not 0 <= width <= 32:
            raise ValueError
    except ValueError:
        unknowns.add("an IpAddress that is not an IPv4 address or range")
        return False
    mask = (0xFFFFFFFF << (32 - width)) & 0xFFFFFFFF
    if int(lowest) & ~mask & 0xFFFFFFFF:
        unknowns.add("a range with host bits set")
    try:
        if viewer and viewer.lower().startswith("::ffff:"):
            unknowns.add("an IPv4-mapped viewer")
            viewer = viewer[7:]
        seen = ipaddress.IPv4Address(viewer or "")
    except ValueError:
        return False  # an IPv6 viewer: not supported
    return int(seen) & mask == int(lowest) & mask


# --- the decision ----------------------------------------------------------------------------------------------


class Pending:
    """A request that is judged up to its signature."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


def before_signature(request):
    """Returns Pending, or raises Denied; None: the behavior trusts no key group."""
    unknowns = set()
    try:
        return _before_signature(request, unknowns)
    except Denied as denied:
        denied.unknowns = unknowns
        raise


def _before_signature(request, unknowns):
    scheme, authority, path, query = split_url(request["url"])
    keys = trusted_keys(request, path)
    if keys is None:
        return None
    credentials, own_query = query_credentials(query, unknowns)
    mode = "url" if credentials else "cookies"  # "choosing": any signing parameter, and the cookies are ignored
    if mode == "cookies":
        credentials = cookie_credentials(request.get("cookies") or "", unknowns)
        own_query = query or ""
    key_id = credentials.get("Key-Pair-Id", "")
    if not re.fullmatch("[A-Z0-9]+", key_id):
        if key_id and "BEGIN" not in key_id and "%" not in key_id:
            unknowns.add("what is not a key pair ID at all")
        raise Denied("MissingKey", "no key pair ID")
    if key_id not in keys:
        raise Denied("InvalidKey", "key not trusted by the behavior")
    if not credentials.get("Signature"):
        unknowns.add("the code for a missing signature")
        raise Denied("MalformedSignature", "no signature")
    signature = unbase64(credentials["Signature"])
    if signature is None:
        raise Denied("MalformedSignature", "signature not decodable")
    algorithm = credentials.get("Hash-Algorithm", "SHA1")
    if algorithm not in ("SHA1", "SHA256"):
        unknowns.add("an unsupported Hash-Algorithm")
        raise Denied("AccessDenied", "unsupported Hash-Algorithm")
    if "Policy" in credentials and "Expires" in credentials:
        unknowns.add("both Policy and Expires")
    malformed = statement = None
    if "Policy" in credentials:
        signed = unbase64(credentials["Policy"])
        if signed is None:
            unknowns.add("the code for a policy that is not base64")
            raise Denied("MalformedPolicy", "policy not decodable")
        try:
            statement = read_policy(signed, unknowns)
        except Denied as denied:
            malformed = denied
    elif "Expires" in credentials:
        expires = credentials["Expires"]
        if re.fullmatch("0[0-9]+", expires):
            unknowns.add("leading zeros in Expires")
        less_than = epoch(int(expires), unknowns) if re.fullmatch("[1-9][0-9]*", expires) else None
        if less_than is None:
            malformed = Denied("MalformedPolicy", "Expires is no sane integer")
        signed = canned_policy(scheme, authority, path, own_query, query is not None and mode == "cookies", expires, unknowns)
        statement = (None, less_than, None, None)
    else:
        raise Denied("MalformedPolicy", "neither Policy nor Expires")
    return Pending(
        unknowns=unknowns, malformed=malformed, statement=statement, mode=mode, signed=signed, signature=signature,
        key=keys[key_id], algorithm=algorithm, now=request["now"], ip=request.get("ip"),
        target=(scheme, authority, path, own_query),
    )  # fmt: skip


def after_signature(pending, genuine):
    unknowns = pending.unknowns
    if pending.malformed:
        if not genuine:
            unknowns.add("the order of policy and signature checks")
        raise pending.malformed
    if not genuine:
        raise Denied("AccessDenied", "signature does not verify")
    resource, less_than, greater_than, source_ip = pending.statement
    if pending.now == less_than:
        unknowns.add("the second of DateLessThan itself")
    if pending.now >= less_than:
        raise Denied("AccessDenied", "expired")
    if greater_than is not None and pending.now <= greater_than:
        raise Denied("AccessDenied", "not yet valid")
    if source_ip is not None and not within(source_ip, pending.ip, unknowns):
        raise Denied("AccessDenied", "viewer outside IpAddress")
    if resource is not None and not covers(resource, pending.mode, *pending.target, unknowns):
        raise Denied("AccessDenied", "Resource does not match")


# --- openssl ---------------------------------------------------------------------------------------------------


class OpenSsl:
    """Signature checks, each distinct one run once, several at a time."""

    def __init__(self, folder):
        self.folder = folder

    def file(self, content):
        path = os.path.join(self.folder, hashlib.sha256(content).hexdigest())
        if not os.path.exists(path):
            with open(path, "wb") as out:
                out.write(content)
        return path

    def verify_all(self, checks):
        commands = {
            (key, algorithm, signature, signed): [
                "openssl", "dgst", "-" + algorithm.lower(), "-verify", self.file(key.encode()),
                "-signature", self.file(signature), self.file(signed),
            ]
            for key, algorithm, signature, signed in checks
        }  # fmt: skip
        with ThreadPoolExecutor(max_workers=8) as pool:
            return dict(zip(commands, pool.map(succeeds, commands.values())))


def succeeds(command):
    return b"Verified OK" in subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def verdict(denied, unknowns):
    return {
        "allowed": denied is None,
        "code": denied.code if denied else None,
        "reason": denied.reason if denied else "allowed",
        "undocumented": bool(unknowns),
        "unknowns": sorted(unknowns),
    }


def judge(requests):
    answers = [None] * len(requests)
    waiting = {}
    for index, request in enumerate(requests):
        try:
            pending = before_signature(request)
        except Denied as denied:
            answers[index] = verdict(denied, denied.unknowns)
            continue
        if pending is None:
            answers[index] = verdict(None, ())
        else:
            waiting[index] = (pending, (pending.key, pending.algorithm, pending.signature, pending.signed))
    with tempfile.TemporaryDirectory() as folder:
        genuine = OpenSsl(folder).verify_all(check for _, check in waiting.values())
    for index, (pending, check) in waiting.items():
        denied = None
        try:
            after_signature(pending, genuine[check])
        except Denied as raised:
            denied = raised
        answers[index] = verdict(denied, pending.unknowns)
    return answers


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    for answer in judge([json.loads(line) for line in sys.stdin if line.strip()]):
        print(json.dumps(answer))
