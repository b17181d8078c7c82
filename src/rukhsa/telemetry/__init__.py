"""What the house tells of itself: the trace of a request or a job, counts and durations, and no person in either.

`trace.py` holds the ids and the spans, `otlp.py` sends them where a collector is named, `metrics.py` has every metric
that is counted as it happens, `exposition.py` answers Prometheus at an address of its own.
"""
