"""Signs cookies with python3-cryptography, from the developer guide alone. stdin: a list of jobs; stdout: Cookie headers."""
import base64
import json
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

HASHES = {"SHA1": hashes.SHA1, "SHA256": hashes.SHA256}


def encoded(data):
    return base64.b64encode(data).decode().translate(str.maketrans("+=/", "-_~"))


def cookie(job):
    with open(job["key"], "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    condition = {"DateLessThan": {"AWS:EpochTime": job["until"]}}
    policy = json.dumps({"Statement": [{"Resource": job["resource"], "Condition": condition}]}, separators=(",", ":")).encode()
    digest = HASHES[job["hash"]]()
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(policy, padding.PKCS1v15(), digest)
    else:
        signature = key.sign(policy, ec.ECDSA(digest))
    pairs = {"CloudFront-Policy": encoded(policy), "CloudFront-Signature": encoded(signature), "CloudFront-Key-Pair-Id": job["id"]}
    if job["says"]:
        pairs["CloudFront-Hash-Algorithm"] = job["says"]
    return "; ".join(f"{name}={value}" for name, value in pairs.items())


json.dump([cookie(job) for job in json.load(sys.stdin)], sys.stdout)
