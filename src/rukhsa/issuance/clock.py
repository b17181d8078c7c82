"""Whether this machine's clock is right: compared with the database's, and with the witnesses', before it is signed by.

What is signed with a clock that is days ahead cannot be followed by anything until those days have passed: lists and
checkpoints never go back. So a machine whose clock is wrong signs nothing, says so, and goes on when it is right.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection

from rukhsa.issuance.errors import IssuanceError

MOST_APART: Final = timedelta(minutes=2)
logger = logging.getLogger(__name__)


class ClockDiffers(IssuanceError):
    """This machine's clock is not that of the database, or not that of the witnesses: nothing is signed by it."""

    code = "clock-differs"


def require_right() -> None:
    """Ask the database for its time, and raise ClockDiffers if this machine's is another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        require_same(cursor.fetchone()[0])


def require_same(of_database: datetime) -> None:
    """Raise ClockDiffers if this machine's clock is not the database's of this moment, or witnesses contradict it."""
    here = machine_time()
    if abs(here - of_database) > MOST_APART:
        raise ClockDiffers(
            f"this machine says {here:%Y-%m-%d %H:%M:%S} UTC and the database {of_database:%Y-%m-%d %H:%M:%S} UTC:"
            " correct the clock that is wrong (NTP); nothing is signed until both agree"
        )
    if len(_contradicted_by) >= max(settings.RUKHSA_WITNESSES.quorum, 1):
        raise ClockDiffers(
            f"this machine says {here:%Y-%m-%d %H:%M:%S} UTC, and so does the database; the witnesses"
            f" {', '.join(sorted(_contradicted_by))} do not: correct the clock (NTP)"
        )


def hear_witness(name: str, said: datetime) -> None:
    """Compare with the time at which a witness has just cosigned; what it says now takes the place of what it said.

    Raises ClockDiffers if they differ. Once as many as the quorum do, nothing is signed (`require_same`).
    """
    here = machine_time()
    if abs(here - said) <= MOST_APART:
        _contradicted_by.discard(name)
        return
    _contradicted_by.add(name)
    raise ClockDiffers(
        f"the witness says {said:%Y-%m-%d %H:%M:%S} UTC, this machine {here:%Y-%m-%d %H:%M:%S} UTC"
    )


def machine_time() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


_contradicted_by: Final[set[str]] = set()
