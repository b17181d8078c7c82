"""Each alert fires at its fault and not before its time is up, and none on a good day, as Prometheus itself reckons."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests import opinions
from tests.rules.test_observability import RULES, alerts, rules

# A series in promtool's notation has a value a minute: "0+60x400" counts 60 a minute for 400 minutes.
PORTAL = 'rukhsa_requests_total{process="portal",view="portal:start",status="%s"}'
VERDICT = 'rukhsa_requests_total{process="verifier",view="public:verdict",status="%s"}'
SIGN_IN = 'rukhsa_requests_total{process="portal",view="sign-in",status="%s"}'
SECONDS = 'rukhsa_request_seconds_bucket{process="portal",le="%s"}'
RELEASED = "rukhsa_paid_to_released_seconds"
BOTH, TICKET = frozenset({"page", "ticket"}), frozenset({"ticket"})
REFUSED, BUSY = 'rukhsa_signings_total{outcome="refused"}', 'rukhsa_reader_refusals_total{code="busy"}'
SECRET = 'rukhsa_secrets_read_total{outcome="refused"}'
GOOD_DAY = {
    'up{job="rukhsa",instance="portal"}': "1x2000",
    "rukhsa_reading_age_seconds": "20x2000",
    PORTAL % "200": "0+600x2000",
    SIGN_IN % "200": "0+60x2000",
    VERDICT % "200": "0+6000x2000",
    SECONDS % "0.5": "0+600x2000",
    SECONDS % "5.0": "0+600x2000",
    SECONDS % "+Inf": "0+600x2000",
    RELEASED + '_bucket{le="10.0"}': "0+60x2000",
    RELEASED + "_count": "0+60x2000",
    "rukhsa_revoked_unpublished_seconds": "0x2000",
    "rukhsa_paid_unreleased_oldest_seconds": "2x2000",
    'rukhsa_jobs_oldest_seconds{queue="issuing"}': "1x2000",
    'rukhsa_jobs_failed{queue="issuing"}': "0x2000",
    'rukhsa_notices_oldest_seconds{channel="sms"}': "9x2000",
    'rukhsa_gateway_silent_seconds{gateway="sadad"}': "0x2000",
    'rukhsa_statement_differences_open{gateway="sadad"}': "0x2000",
    'rukhsa_checkpoint_age_seconds{authority="CAP"}': "900x2000",
    'rukhsa_status_list_age_seconds{authority="CAP"}': "1500x2000",
    'rukhsa_signatures_last_hour{authority="CAP"}': "70x2000",
    'rukhsa_signatures_cap{authority="CAP"}': "1000x2000",
    'rukhsa_key_days_left{authority="CAP",purpose="seal"}': "80x2000",
    "rukhsa_trust_list_days_left": "80x2000",
    "rukhsa_database_connections": "20x2000",
    "rukhsa_database_connections_limit": "100x2000",
    "rukhsa_issuing_stopped": "0x2000",
    'rukhsa_signings_total{outcome="signed"}': "0+60x2000",
    'rukhsa_reader_refusals_total{code="not-a-pdf"}': "0+60x2000",
    SECRET: "0x2000",
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong from the first minute on, the minute until which an alert is silent, and when it has fired."""

    series: dict[str, str]
    silent: int = -1
    fired: int
    about: dict[str, str] = field(default_factory=dict)  # the labels that the alert carries of its series
    severities: frozenset[str] = BOTH


def gauge(name: str, value: int, *, waits: int, **about: str) -> Fault:
    """A figure that is bad from the first minute on; the alert waits so many minutes."""
    labels = ",".join(f'{label}="{value}"' for label, value in about.items())
    series = f"{name}{{{labels}}}" if about else name
    return Fault(series={series: f"{value}x2000"}, silent=waits - 1, fired=waits + 1, about=about)


# An alert of an SLO fires by two windows: a page where all fails, a ticket where a part fails for long.
FAULTS: dict[str, list[Fault]] = {
    "PaidToReleasedBurns": [
        Fault(series={RELEASED + '_bucket{le="10.0"}': "0x2000"}, silent=0, fired=10),
        Fault(series={RELEASED + '_bucket{le="10.0"}': "0+57x2000"}, silent=0, fired=40, severities=TICKET),
    ],
    "VerdictBurns": [
        Fault(series={VERDICT % "500": "0+600x2000"}, silent=0, fired=10),
        Fault(series={VERDICT % "500": "0+30x2000"}, silent=0, fired=40, severities=TICKET),
    ],
    "RevokedToRefusedBurns": [
        Fault(series={"rukhsa_revoked_unpublished_seconds": "90x2000"}, fired=10),
        Fault(
            series={"rukhsa_revoked_unpublished_seconds": "0x400 90x5 0x400"},
            silent=400,
            fired=425,
            severities=TICKET,
        ),
    ],
    "SignInBurns": [
        Fault(series={SIGN_IN % "500": "0+6x2000"}, silent=0, fired=10),
        Fault(series={SIGN_IN % "500": "0+0.5x2000"}, silent=0, fired=40, severities=TICKET),
    ],
    "ProcessDown": [gauge("up", 0, waits=2, job="rukhsa", instance="portal")],
    "ReadingMissing": [
        gauge("rukhsa_reading_age_seconds", 500, waits=3),
        Fault(series={"rukhsa_reading_age_seconds": "_x2000"}, silent=2, fired=4),
    ],
    "RequestsFail": [
        Fault(series={PORTAL % "500": "0+60x2000"}, silent=5, fired=7, about={"process": "portal"})
    ],
    "RequestsSlow": [
        Fault(series={SECONDS % "0.5": "0+300x2000"}, silent=9, fired=13, about={"process": "portal"})
    ],
    "PaidUnreleased": [gauge("rukhsa_paid_unreleased_oldest_seconds", 400, waits=1)],
    "JobsWait": [gauge("rukhsa_jobs_oldest_seconds", 700, waits=2, queue="issuing")],
    "JobsFailed": [gauge("rukhsa_jobs_failed", 1, waits=5, queue="issuing")],
    "NoticesUnsent": [gauge("rukhsa_notices_oldest_seconds", 4000, waits=5, channel="sms")],
    "GatewaySilent": [gauge("rukhsa_gateway_silent_seconds", 301, waits=1, gateway="sadad")],
    "DifferencesOpen": [gauge("rukhsa_statement_differences_open", 1, waits=24 * 60, gateway="sadad")],
    "CheckpointOld": [gauge("rukhsa_checkpoint_age_seconds", 2800, waits=5, authority="CAP")],
    "StatusListOld": [gauge("rukhsa_status_list_age_seconds", 2800, waits=5, authority="CAP")],
    "CapNear": [gauge("rukhsa_signatures_last_hour", 801, waits=0, authority="CAP")],
    "KeysEnd": [gauge("rukhsa_key_days_left", 13, waits=60, authority="CAP", purpose="seal")],
    "TrustListEnds": [gauge("rukhsa_trust_list_days_left", 13, waits=60)],
    "ConnectionsNear": [gauge("rukhsa_database_connections", 81, waits=5)],
    "IssuingStopped": [gauge("rukhsa_issuing_stopped", 1, waits=15)],
    "SignerRefuses": [
        Fault(series={REFUSED: "0+6x2000"}, silent=10, fired=20, about={"outcome": "refused"}),
    ],
    "ReaderRefuses": [Fault(series={BUSY: "0+20x2000"}, silent=10, fired=20, about={"code": "busy"})],
    "SecretRefused": [
        Fault(series={SECRET: "0x10 1x2000"}, silent=10, fired=12, about={"outcome": "refused"}),
    ],
}


def good_day() -> dict[str, Any]:
    """No alert fires in eight hours in which all is well, and each share of faults is known, to be nothing."""
    asked = [{"alertname": name, "eval_time": "480m"} for name in FAULTS]
    shares = [rule["record"] for rule in rules() if "record" in rule]
    return played(GOOD_DAY, asked, name="a good day") | {
        "promql_expr_test": [answered(f"{share} == bool 0", value=1) for share in shares]
    }


def answered(expression: str, *, value: float) -> dict[str, Any]:
    """After eight hours an expression has this one value, without a label."""
    return {
        "expr": f"sum({expression})",
        "eval_time": "480m",
        "exp_samples": [{"labels": "{}", "value": value}],
    }


def faulty_day(alert: str, fault: Fault) -> dict[str, Any]:
    """The alert is silent, and then fires with the labels and the words of its rule."""
    fired = [
        {"exp_labels": rule["labels"] | fault.about, "exp_annotations": rule["annotations"]}
        for rule in alerts()
        if rule["alert"] == alert and rule["labels"]["severity"] in fault.severities
    ]
    asked: list[dict[str, Any]] = []
    if fault.silent >= 0:
        asked.append({"alertname": alert, "eval_time": f"{fault.silent}m"})
    asked.append({"alertname": alert, "eval_time": f"{fault.fired}m", "exp_alerts": fired})
    return played(GOOD_DAY | fault.series, asked, name=alert)


def played(series: dict[str, str], asked: list[dict[str, Any]], *, name: str) -> dict[str, Any]:
    """A test as promtool reads it."""
    values = [{"series": each, "values": value} for each, value in series.items()]
    return {"name": name, "interval": "1m", "input_series": values, "alert_rule_test": asked}


def test_every_alert_is_played() -> None:
    assert {rule["alert"] for rule in alerts()} == FAULTS.keys()


def test_each_alert_fires_at_its_fault_and_none_on_a_good_day(tmp_path: Path) -> None:
    reckon(
        [good_day(), *(faulty_day(alert, fault) for alert, several in FAULTS.items() for fault in several)],
        tmp_path,
    )


def reckon(days: list[dict[str, Any]], folder: Path) -> None:
    """Have Prometheus play these days; fails with what it says where one went otherwise."""
    promtool = opinions.program("promtool", package="prometheus")
    file = folder / "rules.test.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": days}))
    ran = subprocess.run([promtool, "test", "rules", file], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
