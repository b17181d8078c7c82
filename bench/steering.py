"""The director's page and the upkeep of the figures, with 1,000 and with 100,000 applications of the same days."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from bench.crowd import grow
from bench.figure import Figure
from bench.town import in_database, keep_a_copy, open_town

FEW = 1_000
MANY = int(os.environ.get("RUKHSA_BENCH_STEERING", "100000"))  # 1000000, where there is time to seed them
TIMES = 7
COPY = "bench_steering"
CROWDED = "bench_steering_crowded"
LIMIT = 1.5

type Work = Callable[[], object]


def figures() -> Iterator[Figure]:
    """Each at most 1.5 times as long as with a hundredth of the applications, and with as many statements."""
    open_town()
    keep_a_copy(CROWDED)  # the next figures begin with the town as it is now
    with in_database(CROWDED):
        yield from _figures()


def _figures() -> Iterator[Figure]:
    grow(1, FEW)
    _rebuilt()
    keep_a_copy(COPY)
    grow(FEW + 1, MANY)
    seconds = _rebuilt()
    yield Figure(
        name=f"figures rebuilt from {MANY:,} applications",
        ours=seconds,
        peer=MANY / 1000,
        wanted=1,
        unit="seconds",
        less_is_better=True,
        other="a second a thousand",
    )
    for name, work in {"the director's page": _page, "the upkeep of a day": _upkeep}.items():
        with in_database(COPY):
            few = _cost(work())
        many = _cost(work())
        yield Figure(
            name=f"{name}, {many[0]} statements with {MANY:,} applications, {few[0]} with {FEW:,}",
            ours=many[1],
            peer=few[1] * LIMIT,
            wanted=1 if many[0] == few[0] else 1000,
            unit="ms",
            less_is_better=True,
            other="1.5 times that with fewer",
        )


def _rebuilt() -> float:
    from rukhsa.figures import upkeep

    begun = time.perf_counter()
    upkeep.rebuild(at=datetime.now(UTC))
    upkeep.keep_up(at=datetime.now(UTC))
    return time.perf_counter() - begun


def _page() -> Work:
    from django.test import Client
    from django.urls import reverse

    from rukhsa.accounts.models import Person

    client: Any = Client()
    jasim = Person.objects.get(email__startswith="jasim@")
    client.force_login(jasim, backend="allauth.account.auth_backends.AuthenticationBackend")
    return lambda: client.get(reverse("desk:figures"))


def _upkeep() -> Work:
    from rukhsa.figures import upkeep

    return lambda: upkeep.keep_up(at=datetime.now(UTC))


def _cost(work: Work) -> tuple[int, float]:
    """How many statements it takes, and the best time of some in milliseconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    work()
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked), min(_milliseconds(work) for _ in range(TIMES))


def _milliseconds(work: Work) -> float:
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)
