"""Runs commands of the AWS CLI, each a line with a JSON array of arguments, and answers each with a line of JSON.

The program /usr/bin/aws does the same for one command. Loading takes most of its time.
"""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver

for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = create_clidriver().main(json.loads(line))
    answer = {"code": code, "stdout": out.getvalue(), "stderr": err.getvalue()}
    print(json.dumps(answer), flush=True)
