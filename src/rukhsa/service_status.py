"""What people need to know of the service as a whole: what works, what does not and since when, what is planned.

The worker publishes it beside the verifier's files each minute, so that it can be read while the database is away.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from procrastinate.contrib.django import app

from rukhsa.catalogue.territory import territory
from rukhsa.issuance import site
from rukhsa.issuance.issuing_stop import current_stop
from rukhsa.operations.models import PeriodicRun, PlannedWork
from rukhsa.payments.models import GatewayContact
from rukhsa.trust.errors import TrustError
from rukhsa.verification import own_verifier

FILE: Final = "service.json"  # among the public files
FAILING: Final = timedelta(minutes=5)  # a gateway that is silent for less may only be busy
LATE: Final = timedelta(minutes=10)
STALE: Final = timedelta(minutes=5)  # the file is written each minute
A_FEW: Final = 20
SWEEP: Final = "journey.sweep"


class Part(StrEnum):
    """What a person does with the service."""

    APPLICATIONS = "applications"
    PAYMENTS = "payments"
    ISSUING = "issuing"
    CHECKING = "checking"


class Works(StrEnum):
    """Whether a part works; UNKNOWN where no one has told for some minutes."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Told:
    """Whether one part works, and since when it does not."""

    part: Part
    works: Works
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Planned:
    """Work that is planned or goes on: the parts that stop meanwhile, and why, by language."""

    parts: tuple[Part, ...]
    starts_at: datetime
    ends_at: datetime
    texts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ServiceStatus:
    """Every part as it is, and the work that is planned, the next first."""

    parts: Sequence[Told]
    planned: Sequence[Planned] = ()


def current(*, at: datetime) -> ServiceStatus:
    """The service as it is; asks the database four small questions."""
    parts = [Told(part=Part.APPLICATIONS, works=Works.YES), _payments(at), _issuing(at), checking(at=at)]
    planned = [
        Planned(
            parts=tuple(map(Part, work.parts)), starts_at=work.starts_at, ends_at=work.ends_at,
            texts={"ar": work.ar, "en": work.en},
        )
        for work in PlannedWork.objects.announced(at=at)[:A_FEW]
    ]  # fmt: skip
    return ServiceStatus(parts=parts, planned=planned)


def checking(*, at: datetime) -> Told:
    """Whether documents can be checked, by the published files alone."""
    try:
        listed = own_verifier.verifier().trust_list
    except (own_verifier.NoTrustList, TrustError, OSError):
        listed = None
    if listed is None or listed.expires <= at:
        return Told(part=Part.CHECKING, works=Works.NO, since=listed.expires if listed else None)
    return Told(part=Part.CHECKING, works=Works.YES)


def published(*, at: datetime) -> ServiceStatus:
    """The service as it was published, without the database; what was told too long ago is not known."""
    rest = [part for part in Part if part != Part.CHECKING]
    moment = None
    try:
        said = json.loads(site.recent(FILE))
        moment = datetime.fromisoformat(said["at"])
        planned = [work for work in map(_read_planned, said.get("planned", [])) if work.ends_at > at]
        parts = [_read(part, said[part]) for part in rest]
    except (TrustError, OSError, ValueError, KeyError, TypeError, AttributeError):
        parts, planned = [], []
    if not parts or moment is None or at - moment > STALE:
        parts = [Told(part=part, works=Works.UNKNOWN, since=moment) for part in rest]
    return ServiceStatus(parts=[*parts, checking(at=at)], planned=planned)


def as_json(status: ServiceStatus, *, at: datetime) -> bytes:
    """The file that is published (docs/formats/public-files.md)."""
    parts = {
        each.part: {"works": each.works, "since": each.since.isoformat() if each.since else None}
        for each in status.parts
    }
    planned = [
        {
            "parts": work.parts,
            "from": work.starts_at.isoformat(),
            "until": work.ends_at.isoformat(),
            **work.texts,
        }
        for work in status.planned
    ]
    return json.dumps({"at": at.isoformat(timespec="seconds"), **parts, "planned": planned}).encode()


@app.periodic(cron="* * * * *")
@app.task(name="service_status.publish", queue="sweeps", queueing_lock="service_status.publish")
def publish(timestamp: int) -> None:
    """Write what works beside the verifier's files. Running it twice writes it twice."""
    at = datetime.now(UTC)
    site.files().write(FILE, as_json(current(at=at), at=at))


def _payments(at: datetime) -> Told:
    offered = territory().gateways
    silent = list(
        GatewayContact.objects.filter(gateway__in=offered, failing_since__lte=at - FAILING)
        .order_by("-failing_since")
        .values_list("failing_since", flat=True)
    )
    if not silent:
        return Told(part=Part.PAYMENTS, works=Works.YES)
    all_are = len(silent) == len(offered)
    return Told(part=Part.PAYMENTS, works=Works.NO if all_are else Works.PARTLY, since=silent[0])


def _issuing(at: datetime) -> Told:
    if stop := current_stop():
        return Told(part=Part.ISSUING, works=Works.NO, since=stop.at)
    last = PeriodicRun.objects.filter(task=SWEEP).values_list("succeeded_at", flat=True).first()
    if last and last < at - LATE:
        return Told(part=Part.ISSUING, works=Works.PARTLY, since=last)
    return Told(part=Part.ISSUING, works=Works.YES)


def _read(part: Part, said: dict[str, str | None]) -> Told:
    since = said["since"]
    return Told(
        part=part, works=Works(str(said["works"])), since=datetime.fromisoformat(since) if since else None
    )


def _read_planned(said: dict[str, Any]) -> Planned:
    return Planned(
        parts=tuple(map(Part, said["parts"])),
        starts_at=datetime.fromisoformat(said["from"]),
        ends_at=datetime.fromisoformat(said["until"]),
        texts={"ar": str(said["ar"]), "en": str(said["en"])},
    )
