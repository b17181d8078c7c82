"""What the database and the public files are asked for Prometheus, every 15 seconds at most in a whole deployment.

The questions cost what is waiting or what happened lately, never what the register holds.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from rukhsa.issuance import cap, key_coverage, publishing, site
from rukhsa.operations.gauge_reading import newest_reading
from rukhsa.trust.errors import TrustError

# Every gauge by its name, with what it says; those of Prometheus's clients are in `telemetry/metrics.py`.
GAUGES: Final[Mapping[str, str]] = {
    "rukhsa_jobs_waiting": "Jobs that are due and not begun, by queue.",
    "rukhsa_jobs_oldest_seconds": "How long the oldest job of a queue has been due.",
    "rukhsa_jobs_failed": "Jobs that were given up, by queue.",
    "rukhsa_notices_unsent": "Messages to applicants that are not sent, by channel.",
    "rukhsa_notices_oldest_seconds": "How long the oldest of them has waited.",
    "rukhsa_gateway_silent_seconds": "Since when a gateway gives no answer.",
    "rukhsa_statement_differences_open": "Differences between statements and our books that no one explained.",
    "rukhsa_paid_unreleased": "Granted and paid in the last six hours, and no document yet.",
    "rukhsa_paid_unreleased_oldest_seconds": "How long the oldest of them has waited.",
    "rukhsa_log_size": "Entries in an authority's log.",
    "rukhsa_checkpoint_age_seconds": "Age of the newest checkpoint of an authority's log.",
    "rukhsa_status_list_age_seconds": "Age of the newest status list of an authority, as published.",
    "rukhsa_revoked_unpublished_seconds": "How long the oldest revocation or suspension waits to be published.",
    "rukhsa_signatures_last_hour": "Documents that an authority was given in the last hour.",
    "rukhsa_signatures_cap": "The most that it may be given in an hour.",
    "rukhsa_key_days_left": "Days for which an authority has keys, by purpose.",
    "rukhsa_trust_list_days_left": "Days until the published trust list ends.",
    "rukhsa_database_connections": "Connections to the database server.",
    "rukhsa_database_connections_limit": "The most that it takes.",
    "rukhsa_issuing_stopped": "1 while issuing is stopped.",
    "rukhsa_reading_age_seconds": "Age of this reading of the database.",
}
RELEASED: Final = "rukhsa_paid_to_released_seconds"
BUCKETS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
# A release is counted once it is so old that no transaction of before it is open.
SETTLED: Final = timedelta(seconds=60)
DAY: Final = 86400.0
_QUEUES: Final = """
    SELECT queue_name, count(*) FILTER (WHERE status = 'todo'),
      coalesce(extract(epoch FROM now() - min(due) FILTER (WHERE status = 'todo')), 0),
      count(*) FILTER (WHERE status = 'failed')
    FROM (
      SELECT j.queue_name, j.status::text AS status, coalesce(j.scheduled_at,
        (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'deferred')) AS due
      FROM procrastinate_jobs j WHERE j.status IN ('todo', 'failed')
        AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
    ) jobs GROUP BY 1"""
_NOTICES: Final = """
    SELECT channel, count(*), extract(epoch FROM now() - min(created_at))
    FROM delivery_notice WHERE sent_at IS NULL GROUP BY 1"""
_DIFFERENCES: Final = """
    SELECT gateway, count(*) FROM reconciliation_difference d WHERE NOT EXISTS
      (SELECT 1 FROM reconciliation_explanation e WHERE e.difference_id = d.id AND e.closes) GROUP BY 1"""
_SILENT: Final = """
    SELECT gateway, coalesce(extract(epoch FROM now() - failing_since), 0) FROM payments_gatewaycontact"""
_UNRELEASED: Final = """
    SELECT count(*), coalesce(extract(epoch FROM %(at)s::timestamptz - min(paid.at)), 0) FROM (
      SELECT a.id, max(greatest(r.at, d.at)) AS at FROM payments_receipt r
      JOIN payments_charge c ON c.id = r.charge_id JOIN applications_application a ON a.id = c.application_id
      JOIN review_decision d ON d.application_id = a.id AND d.outcome = 'granted'
      WHERE r.at > %(at)s::timestamptz - interval '6 hours' AND a.stage = 'granted' GROUP BY 1
    ) paid
    WHERE NOT EXISTS (SELECT 1 FROM issuance_intent i JOIN issuance_instrument n ON n.intent_id = i.id
                      WHERE i.application_id = paid.id)
      AND NOT EXISTS (SELECT 1 FROM payments_charge c WHERE c.application_id = paid.id AND c.amount > 0
                      AND NOT EXISTS (SELECT 1 FROM payments_receipt r WHERE r.charge_id = c.id)
                      AND NOT EXISTS (SELECT 1 FROM payments_charge newer WHERE newer.application_id = c.application_id
                                      AND newer.due = c.due AND newer.number > c.number))"""
_LOGS: Final = """
    SELECT a.code, c.size, extract(epoch FROM now() - c.at) FROM authorities_authority a CROSS JOIN LATERAL
      (SELECT size, at FROM issuance_logcheckpoint c WHERE c.authority_id = a.code ORDER BY sequence DESC LIMIT 1) c"""
_RELEASED: Final = """
    SELECT extract(epoch FROM n.released_at - max(greatest(r.at, d.at))) FROM issuance_instrument n
    JOIN issuance_intent i ON i.id = n.intent_id JOIN payments_charge c ON c.application_id = i.application_id
    JOIN payments_receipt r ON r.charge_id = c.id
    JOIN review_decision d ON d.application_id = i.application_id AND d.outcome = 'granted' AND d.at <= n.released_at
    WHERE n.released_at > %s AND n.released_at <= %s AND r.at <= n.released_at GROUP BY n.id"""
_REVOKED: Final = """
    SELECT i.authority_id, i.status_list, extract(epoch FROM max(gone.at)), extract(epoch FROM min(gone.at)) FROM (
      SELECT instrument_id, at FROM issuance_revocation WHERE at > now() - interval '1 day'
      UNION ALL SELECT instrument_id, at FROM issuance_suspension WHERE at > now() - interval '1 day'
    ) gone JOIN issuance_instrument n ON n.id = gone.instrument_id JOIN issuance_intent i ON i.id = n.intent_id
    GROUP BY 1, 2"""
_NEWEST_LISTS: Final = """
    SELECT a.code, i.status_list FROM authorities_authority a CROSS JOIN LATERAL
      (SELECT status_list FROM issuance_intent i WHERE i.authority_id = a.code ORDER BY status_list DESC LIMIT 1) i"""
_SERVER: Final = """
    SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
      current_setting('max_connections')::int,
      EXISTS (SELECT 1 FROM issuance_issuingstop s WHERE NOT EXISTS
        (SELECT 1 FROM issuance_issuingstart t WHERE t.stop_id = s.id))"""


def text() -> bytes:
    """The gauges in Prometheus's form. Without a database it says nothing, and the alert is that it says nothing."""
    try:
        at = timezone.now()
        reading = newest_reading(lambda before: ask(before, at=timezone.now()), at=at)
        found = dict(reading.found)
        found["rukhsa_reading_age_seconds"] = [[{}, max(0.0, (at - reading.at).total_seconds())]]
        return "".join(lines(found)).encode()
    except DatabaseError:
        return b""
    finally:
        close_old_connections()


def ask(before: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Every gauge as [[labels, value], …] by its name, and the histogram with what it had `before` added up."""
    queues, notices, logs = _rows(_QUEUES), _rows(_NOTICES), _rows(_LOGS)
    ((unreleased, oldest),) = _rows(_UNRELEASED, at=at)
    ((connections, limit, stopped),) = _rows(_SERVER)
    codes = [code for code, _size, _age in logs]
    uses = cap.used(codes, at=at)
    found = {
        "rukhsa_jobs_waiting": _labelled("queue", ((name, n) for name, n, _, _ in queues)),
        "rukhsa_jobs_oldest_seconds": _labelled("queue", ((name, age) for name, _, age, _ in queues)),
        "rukhsa_jobs_failed": _labelled("queue", ((name, n) for name, _, _, n in queues)),
        "rukhsa_notices_unsent": _labelled("channel", ((name, n) for name, n, _ in notices)),
        "rukhsa_notices_oldest_seconds": _labelled("channel", ((name, age) for name, _, age in notices)),
        "rukhsa_gateway_silent_seconds": _labelled("gateway", _rows(_SILENT)),
        "rukhsa_statement_differences_open": _labelled("gateway", _rows(_DIFFERENCES)),
        "rukhsa_paid_unreleased": _plain(unreleased),
        "rukhsa_paid_unreleased_oldest_seconds": _plain(oldest),
        "rukhsa_log_size": _labelled("authority", ((code, size) for code, size, _ in logs)),
        "rukhsa_checkpoint_age_seconds": _labelled("authority", ((code, age) for code, _, age in logs)),
        "rukhsa_signatures_last_hour": _labelled(
            "authority", ((each.authority, each.documents) for each in uses)
        ),
        "rukhsa_signatures_cap": _labelled(
            "authority", ((each.authority, each.cap) for each in uses if each.cap is not None)
        ),
        "rukhsa_database_connections": _plain(connections),
        "rukhsa_database_connections_limit": _plain(limit),
        "rukhsa_issuing_stopped": _plain(int(stopped)),
    }
    return found | _of_the_site(codes, at) | {RELEASED: released(before.get(RELEASED), at)}


def _of_the_site(codes: list[str], at: datetime) -> dict[str, Any]:
    """What the public files say: the ages of the status lists, the keys, the trust list."""
    shown = {code: publishing.shown_since(code, number) for code, number in _rows(_NEWEST_LISTS)}
    waits = [
        at.timestamp() - float(first)
        for code, number, newest, first in _rows(_REVOKED)
        if (since := publishing.shown_since(code, number)) is None or since.timestamp() < float(newest)
    ]
    found = {
        "rukhsa_status_list_age_seconds": _labelled(
            "authority", ((code, (at - since).total_seconds()) for code, since in shown.items() if since)
        ),
        "rukhsa_revoked_unpublished_seconds": _plain(max(waits, default=0.0)),
    }
    try:
        listed, covered = site.trust_list(), key_coverage.coverage(frozenset(codes), at=at)
    except (TrustError, OSError):
        return found
    if listed is None:
        return found
    found["rukhsa_trust_list_days_left"] = _plain((listed.expires - at).total_seconds() / DAY)
    found["rukhsa_key_days_left"] = [
        [
            {"authority": each.authority, "purpose": each.purpose},
            (each.until - at).total_seconds() / DAY if each.until else 0.0,
        ]
        for each in covered
    ]
    return found


def released(before: Mapping[str, Any] | None, at: datetime) -> dict[str, Any]:
    """How long documents took from paid and granted to released: a histogram that only grows, counted once each."""
    until = at - SETTLED
    if before is None:
        return {"until": until.isoformat(), "buckets": [0] * len(BUCKETS), "count": 0, "sum": 0.0}
    with connection.cursor() as cursor:
        cursor.execute(_RELEASED, [before["until"], until])
        seconds = [float(took) for (took,) in cursor.fetchall()]
    buckets = [
        n + sum(took <= most for took in seconds) for n, most in zip(before["buckets"], BUCKETS, strict=True)
    ]
    count, total = before["count"] + len(seconds), before["sum"] + sum(seconds)
    return {"until": until.isoformat(), "buckets": buckets, "count": count, "sum": total}


def _rows(question: str, **about: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, about)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _labelled(label: str, pairs: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [[{label: name}, float(value)] for name, value in pairs]


def _plain(value: Any) -> list[list[Any]]:
    return [[{}, float(value)]]


def lines(found: Mapping[str, Any]) -> Iterable[str]:
    for name, told in GAUGES.items():
        if name in found:
            yield f"# HELP {name} {told}\n# TYPE {name} gauge\n"
            yield from (f"{name}{_label(labels)} {value}\n" for labels, value in found[name])
    if released := found.get(RELEASED):
        yield f"# HELP {RELEASED} From granted and paid to the released document.\n# TYPE {RELEASED} histogram\n"
        for most, count in zip(BUCKETS, released["buckets"], strict=True):
            yield f'{RELEASED}_bucket{{le="{most}"}} {count}\n'
        yield f'{RELEASED}_bucket{{le="+Inf"}} {released["count"]}\n'
        yield f"{RELEASED}_sum {released['sum']}\n{RELEASED}_count {released['count']}\n"


def _label(labels: Mapping[str, str]) -> str:
    # All are codes of ours, without quotes.
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}" if labels else ""
