"""The article's Flask service, asked a few times through its own test client. The daemon's address is in the environment."""

import json
import sys

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
from flask import Flask

app = Flask(__name__)
xray_recorder.configure(service="backend-flask", context_missing="LOG_ERROR")
XRayMiddleware(app, xray_recorder)


@app.route("/api/activities/@<handle>")
@xray_recorder.capture("activities_users")
def activities(handle):
    subsegment = xray_recorder.begin_subsegment("mock-data")
    subsegment.put_annotation("handle", handle)
    subsegment.put_annotation("size", 1)
    subsegment.put_annotation("cached", False)
    subsegment.put_metadata("now", "today", "activities")
    xray_recorder.end_subsegment()
    if handle == "boom":
        raise ValueError("boom")
    return {"handle": handle}


trace_ids = []
client = app.test_client()
for number, handle in enumerate(sys.argv[1:]):
    trace_id = "1-67891233-%024x" % (number + 1)
    trace_ids.append(trace_id)
    header = {"X-Amzn-Trace-Id": "Root=%s;Parent=53995c3f42cd8ad8;Sampled=1" % trace_id}
    try:
        client.get("/api/activities/@" + handle, headers=header)
    except Exception:  # After an unhandled exception the SDK's own teardown finds no segment, and raises.
        if handle != "boom":
            raise
print(json.dumps(trace_ids))
