"""aws_xray_sdk with values of types that X-Ray's schema has not; prints the trace id of each."""

import datetime
import decimal
import json

from aws_xray_sdk.core import xray_recorder

xray_recorder.configure(sampling=False, service="values", context_missing="LOG_ERROR")


def nested(segment):
    for number in range(200):
        xray_recorder.begin_subsegment("level %d" % number)
    for number in range(200):
        xray_recorder.end_subsegment()


values = {
    "user with a number": lambda segment: segment.set_user(42),
    "user with nothing": lambda segment: segment.set_user(None),
    "annotation decimal": lambda segment: segment.put_annotation("price", decimal.Decimal("1.5")),
    "annotation nan": lambda segment: segment.put_annotation("price", float("nan")),
    "metadata nan": lambda segment: segment.put_metadata("x", float("nan")),
    "metadata infinite": lambda segment: segment.put_metadata("x", [float("inf"), float("-inf")]),
    "metadata datetime": lambda segment: segment.put_metadata("x", datetime.datetime(2020, 1, 1)),
    "metadata bigint": lambda segment: segment.put_metadata("id", 212089821454139392),
    "annotation bigint": lambda segment: segment.put_annotation("id", 212089821454139392),
    "metadata surrogate": lambda segment: segment.put_metadata("id", "\ud800x"),
    "status as text": lambda segment: segment.put_http_meta("status", "200"),
    "200 deep": nested,
}
ids = {}
for what, setter in values.items():
    segment = xray_recorder.begin_segment(what)
    ids[what] = segment.trace_id
    setter(segment)
    xray_recorder.end_segment()
print(json.dumps(ids))
