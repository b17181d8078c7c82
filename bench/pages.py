"""The main pages of the portal and the desk with 100,000 applications, beside the same pages with 1,000."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bench.crowd import grow
from bench.figure import Figure
from bench.town import in_database, keep_a_copy, open_town

FEW, MANY = 1_000, 100_000
ROUNDS, TIMES = 3, 4
COPY = "bench_few"
CROWDED = "bench_pages_crowded"

type Ask = Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one page costs: queries to the database, and the best time of some."""

    queries: int
    milliseconds: float


def figures() -> Iterator[Figure]:
    """Each page at least half as fast as with a hundredth of the applications, and never with more queries."""
    open_town()
    keep_a_copy(CROWDED)  # the next figures begin with the town as it is now
    costs: dict[int, list[dict[str, Cost]]] = {MANY: [], FEW: []}
    with in_database(CROWDED):
        grow(1, FEW)
        keep_a_copy(COPY)
        grow(FEW + 1, MANY)
        costs[MANY].append(_costs())
        for _ in range(ROUNDS):
            with in_database(COPY):
                costs[FEW].append(_costs())
            costs[MANY].append(_costs())
    few, many = _best(costs[FEW]), _best(costs[MANY])
    for name, cost in many.items():
        yield Figure(
            name=f"{name}, {cost.queries} queries with {MANY:,} applications, {few[name].queries} with {FEW:,}",
            ours=cost.milliseconds,
            peer=few[name].milliseconds,
            wanted=0.5,
            unit="ms",
            less_is_better=True,
            other="with fewer",
        )
    yield Figure(
        name="pages with no more queries than with fewer applications",
        ours=sum(many[name].queries <= few[name].queries for name in many),
        peer=len(many),
        wanted=1,
        unit="pages",
        other="of all",
        digits=0,
    )


def _costs() -> dict[str, Cost]:
    return {name: cost_of(ask) for name, ask in main_pages().items()}


def _best(rounds: list[dict[str, Cost]]) -> dict[str, Cost]:
    """The best of each page: the rounds were taken in turns, so that a busy moment hurt both sizes alike."""
    return {
        name: Cost(
            queries=min(each[name].queries for each in rounds),  # one more where a session is prolonged
            milliseconds=min(each[name].milliseconds for each in rounds),
        )
        for name in rounds[0]
    }


def main_pages() -> dict[str, Ask]:
    """Every page with who asks for it, the same application in both sizes."""
    layla, salem, mariam = browser("person-0@"), browser("salem@"), browser("mariam@")
    noor, yusuf = browser("noor@"), browser("yusuf@")
    theirs, instrument = one_of("granted", "CAP"), _instrument()
    _give_purpose("mariam@", instrument.intent.application)
    queue = {
        f"desk, queue, {show}": get(salem, f"/desk/queue/?show={show}")
        for show in ("mine", "unassigned", "late", "applicant", "all")
    }
    return {
        "portal, first page": get(layla, "/"),
        "portal, my applications": get(layla, "/applications/"),
        "portal, one application": get(layla, f"/applications/{theirs.pk}/"),
        **queue,
        "desk, search by reference": get(salem, f"/desk/search?q={theirs.reference[:-3]}"),
        "desk, search by a name": _post(salem, "/desk/search", {"wanted": "Layla Fbb"}),
        "desk, search by a common name": _post(salem, "/desk/search", {"wanted": "Layla"}),
        "desk, one application": get(salem, f"/desk/applications/{theirs.pk}/"),
        "desk, instruments": get(mariam, "/desk/instruments/"),
        "desk, one instrument": get(mariam, f"/desk/instruments/{instrument.pk}/"),
        "desk, referrals": get(noor, "/desk/referrals/"),
        "desk, inspections": get(yusuf, "/desk/inspections/"),
        "desk, journal": get(mariam, "/desk/journal/"),
        "desk, journal of one application": get(mariam, f"/desk/journal/{theirs.pk}"),
    }


def _give_purpose(email: str, application: Any) -> None:
    """What the desk asks today before it shows a case that is not one's own work."""
    from django.utils import timezone

    from rukhsa.accounts.models import Person
    from rukhsa.authorities.actor import actor_for
    from rukhsa.personal.purpose import PurposeKind, give_purpose

    at = timezone.now()
    actor = actor_for(Person.objects.get(email__startswith=email), at=at)
    give_purpose(application, PurposeKind.values[0], "what the bench measures", actor=actor, at=at)


def browser(email: str) -> Any:
    from django.test import Client

    from rukhsa.accounts.models import Person

    client = Client()
    person = Person.objects.get(email__startswith=email)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def one_of(stage: str, authority: str) -> Any:
    from rukhsa.applications.models import Application

    laylas = Application.objects.filter(applicant__email__startswith="person-0@")
    return laylas.filter(stage=stage, authority=authority).earliest("submitted_at")


def _instrument() -> Any:
    from rukhsa.issuance.models import Instrument

    return Instrument.objects.filter(intent__verification_code__startswith="crowd-").earliest("released_at")


def get(client: Any, address: str) -> Ask:
    return lambda: client.get(address)


def _post(client: Any, address: str, data: dict[str, str]) -> Ask:
    return lambda: client.post(address, data)


def cost_of(ask: Ask) -> Cost:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as asked:
        _seen(ask)
    return Cost(queries=len(asked), milliseconds=min(_seen(ask) for _ in range(TIMES)))


def _seen(ask: Ask) -> float:
    start = time.perf_counter()
    answer = ask()
    taken = 1000 * (time.perf_counter() - start)
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.request['PATH_INFO']} answered {answer.status_code}")
    return taken
