"""Runs the AWS CLI that this Python has, in one process: one JSON request a line in, one JSON answer a line out."""
import contextlib
import io
import json
import re
import sys
import time

from awscli.clidriver import create_clidriver

out = sys.stdout
# Its waiters ask every minute: here as often as they can.
real_sleep = time.sleep
time.sleep = lambda seconds: real_sleep(min(seconds, 0.05))
driver = create_clidriver()


def kebab(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


for line in sys.stdin:
    request = json.loads(line)
    is_wait = request["operation"] == "Wait"
    words = ["wait", request["input"]["until"]] if is_wait else [kebab(request["operation"])]
    parameters = request["input"]["input"] if is_wait else request["input"]
    arguments = [
        request["service"],
        *words,
        "--endpoint-url",
        request["endpoint"],
        "--cli-input-json",
        json.dumps(parameters),
        *([] if is_wait else ["--no-paginate"]),
        "--output",
        "json",
    ]
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        status = driver.main(arguments)
    failed = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation(?: \(.*?\))?: (.*)", stderr.getvalue(), re.S)
    if status == 0:
        answer = {"value": json.loads(stdout.getvalue() or "{}")}
    elif failed:
        answer = {"error": failed.group(1), "message": failed.group(2).strip(), "status": 0}
    else:
        answer = {"error": "exit %d" % status, "message": stderr.getvalue(), "status": 0}
    print(json.dumps(answer), file=out, flush=True)
