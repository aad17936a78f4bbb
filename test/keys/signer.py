"""A signer in another language: takes each value apart with the tools a Python program would use, and loads the key.

stdin: a JSON list of {"base64": the value's bytes, "steps": [[name, argument], ...]}, from the outside in.
stdout: a JSON list of the SPKI DER of each key in base64, or {"error": why}.
"""
import base64
import json
import re
import subprocess
import sys
import tomllib

import yaml


def no_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("duplicate member")
    return dict(pairs)


def from_json(text, path):
    value = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=no_duplicates)
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def from_base64(text, alphabet):
    text = re.sub(r"\\n|[\s|]", "", text)
    if alphabet == "url":
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    return base64.b64decode(text, validate=True).decode()


def from_dotenv(text, name):
    """As python-dotenv: `export`, double quotes with escapes and line breaks, single quotes without."""
    pattern = r"""^(?:export\s+)?([\w.]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|([^\r\n]*))"""
    found = {}
    for key, double, single, plain in re.findall(pattern, text, re.M):
        unescape = {"n": "\n", '"': '"', "\\": "\\", "r": "\r"}
        found[key] = single or plain.strip() or re.sub(r"\\(.)", lambda m: unescape.get(m[1], m[0]), double)
    return found[name]


def from_properties(text, name):
    joined = re.sub(r"\\\r?\n[ \t]*", "", text)
    lines = dict(re.split(r"\s*[=:]\s*", line, maxsplit=1) for line in joined.splitlines() if "=" in line)
    return lines[name].replace("\\n", "\n")


READERS = {
    "json": from_json,
    "base64": from_base64,
    "dotenv": from_dotenv,
    "yaml": lambda text, name: yaml.safe_load(text)[name],
    "toml": lambda text, name: tomllib.loads(text)[name],
    "properties": from_properties,
    "unquote": lambda text, _: text.strip().strip("\"'"),
    "line-breaks": lambda text, mark: text.replace(mark, "\n"),
    # Whoever reads a key from one line cuts it himself.
    "one-line": lambda text, _: re.sub(
        r"(-----BEGIN [A-Z ]+-----)(.*?)(-----END [A-Z ]+-----)",
        lambda m: m[1] + "\n" + "\n".join(re.findall(".{1,64}", m[2])) + "\n" + m[3],
        text,
    ),
    "pem": lambda text, _: re.search(r"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----[\s\S]*?-----END ([A-Z]+ )?PRIVATE KEY-----", text)[0],
}


def load(key, is_der):
    words = ["openssl", "pkey", "-pubout", "-outform", "DER"]
    if is_der:
        key = base64.b64decode(re.sub(r"\s", "", key))
        return subprocess.run([*words, "-inform", "DER"], input=key, capture_output=True, check=True).stdout
    return subprocess.run(words, input=key.encode() + b"\n", capture_output=True, check=True).stdout


def read(case):
    text = base64.b64decode(case["base64"]).decode()
    steps = case["steps"]
    for name, *argument in steps:
        if name != "der":
            text = READERS[name](text, argument[0] if argument else None)
    try:
        return base64.b64encode(load(text, steps[-1][0] == "der")).decode()
    except subprocess.CalledProcessError as error:
        return {"error": error.stderr.decode()}


json.dump([read(case) for case in json.load(sys.stdin)], sys.stdout)
