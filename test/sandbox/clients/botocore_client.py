"""Runs AWS operations with whatever botocore this Python has: one JSON request a line in, one JSON answer a line out."""
import base64
import datetime
import json
import re
import sys

try:
    import botocore
except ModuleNotFoundError:
    # Version 2 of the AWS CLI brings its own, and lets it be imported under the usual name.
    import awscli

import botocore.session
from botocore.exceptions import ClientError

session = botocore.session.get_session()
clients = {}


def snake(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def plain(value):
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(type(value))


def bytes_where_blobs(value):
    if "SecretBinary" in value:
        return {**value, "SecretBinary": base64.b64decode(value["SecretBinary"])}
    return value


for line in sys.stdin:
    request = json.loads(line)
    key = (request["service"], request["endpoint"])
    if key not in clients:
        clients[key] = session.create_client(key[0], endpoint_url=key[1])
    try:
        if request["operation"] == "Wait":
            waiter = clients[key].get_waiter(request["input"]["until"].replace("-", "_"))
            waiter.wait(**request["input"]["input"], WaiterConfig={"Delay": 0.05, "MaxAttempts": 10_000})
            print(json.dumps({"value": {}}), flush=True)
            continue
        value = getattr(clients[key], snake(request["operation"]))(**bytes_where_blobs(request["input"]))
        value.pop("ResponseMetadata")
        answer = {"value": value}
    except ClientError as error:
        answer = {
            "error": error.response["Error"]["Code"],
            "message": error.response["Error"].get("Message", ""),
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
        }
    print(json.dumps(answer, default=plain), flush=True)
