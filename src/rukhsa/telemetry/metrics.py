"""Every metric that is counted as it happens, in Prometheus's form; what the database is asked for is `READINGS`.

Each name stands in docs/operating/metrics.md and is checked against the alert rules and the dashboards.
"""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

REQUESTS: Final = Counter(
    "rukhsa_requests", "Requests answered, by view and status.", ["process", "view", "status"]
)
REQUEST_SECONDS: Final = Histogram(
    "rukhsa_request_seconds",
    "From the whole request to the whole answer, waiting for a thread included.",
    ["process", "view"],
    buckets=_SECONDS,
)
VERDICTS: Final = Counter(
    "rukhsa_verdicts", "Verdicts given, by what was asked and the word.", ["asked", "word"]
)
JOBS: Final = Counter("rukhsa_jobs", "Runs of tasks, by outcome.", ["task", "outcome"])
JOB_SECONDS: Final = Histogram(
    "rukhsa_job_seconds", "How long a run of a task took.", ["task"], buckets=_SECONDS
)
GATEWAY_CALLS: Final = Counter(
    "rukhsa_gateway_calls", "Calls to a gateway, by outcome.", ["gateway", "outcome"]
)
GATEWAY_SECONDS: Final = Histogram(
    "rukhsa_gateway_seconds", "How long a gateway took to answer.", ["gateway"], buckets=_SECONDS
)
SIGNINGS: Final = Counter("rukhsa_signings", "What the signer was asked, by outcome.", ["act", "outcome"])
SIGNING_SECONDS: Final = Histogram(
    "rukhsa_signing_seconds", "How long the signer took.", ["act"], buckets=_SECONDS
)
READER_REFUSALS: Final = Counter(
    "rukhsa_reader_refusals", "Files of strangers that the reader refused, by code.", ["task", "code"]
)
SECRETS: Final = Counter("rukhsa_secrets_read", "Files of secrets read again, by outcome.", ["outcome"])
# Shown from the start: to Prometheus a series that begins with 1 has not increased, and the first refusal matters.
for _outcome in ("taken", "refused"):
    SECRETS.labels(_outcome)
STARTED: Final = Gauge(
    "rukhsa_started_timestamp_seconds",
    "When the process started, by its kind and the program's version.",
    ["process", "version"],
    multiprocess_mode="livemax",
)
