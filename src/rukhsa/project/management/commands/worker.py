"""`rukhsa worker`: do the queued work, in lanes."""

import asyncio
import os
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

from rukhsa.issuance.clock import ClockDiffers
from rukhsa.project.lanes import LANES, Lane, LaneEnded, work

# Longer than a primary takes to be replaced: a job that is done then waits to say so, and is not taken for one that
# still runs until its worker ends.
SECONDS_FOR_A_CONNECTION: Final = 120


class Command(BaseCommand):
    """It ends with 75, "try again" (sysexits.h), where the database is lost or the clock is wrong.

    Every supervisor then starts it again.
    """

    help = "Do the queued work: journeys and issuing, money, notices, what is asked outside, sweeps; each in its lane."
    requires_system_checks = ()  # `rukhsa setup` has run them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "lanes",
            nargs="*",
            metavar="LANE",
            help=f"only these lanes, of {', '.join(lane.name for lane in LANES)}; all of them without it",
        )

    def handle(self, *args: Any, lanes: list[str], **options: Any) -> None:
        known = {lane.name: lane for lane in LANES}
        if unknown := [name for name in lanes if name not in known]:
            raise CommandError(f"there is no lane {unknown[0]}; there are {', '.join(known)}")
        chosen = [lane for lane in LANES if not lanes or lane.name in lanes]
        connector = PsycopgConnector(kwargs=connector_params(), timeout=SECONDS_FOR_A_CONNECTION)
        try:
            # What it gives is the app itself: the name that we import is a proxy of it.
            with app.replace_connector(connector) as working:
                asyncio.run(_open_and_work(working, chosen))
        except (LaneEnded, ClockDiffers, ConnectorException) as error:
            raise CommandError(f"the worker stops: {error}", returncode=os.EX_TEMPFAIL) from error


async def _open_and_work(working: App, lanes: Sequence[Lane]) -> None:
    async with working.open_async():
        await work(working, lanes)
