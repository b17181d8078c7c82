"""The town in which figures are taken: a deployment under var/bench/, made again in every run, with nothing served."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from io import StringIO
from itertools import batched
from pathlib import Path
from typing import Any

from rukhsa.project import postgres
from rukhsa.project.config import PROJECT
from rukhsa.project.ports import held_ports
from rukhsa_rehearsal.deployment import PORTS, empty, environment_in

FOLDER = PROJECT / "var" / "bench"
HOME = {"building": "1024", "road": 1705, "block": 317, "flat": "12"}


@contextmanager
def deployment(folder: Path = FOLDER, *, is_kept: bool = False) -> Iterator[None]:
    """Turn this process into one of a new deployment, with its database server and without its other processes.

    `is_kept`: of the deployment that an earlier run left in the folder, if there is one."""
    if not is_kept:
        empty(folder)
    with held_ports(len(PORTS)) as ports:
        environment = environment_in(folder, {}, ports=ports)
        os.environ.clear()
        os.environ.update(environment)
        held = None if "DATABASE_URL" in environment else postgres.hold(folder / "postgres")
        try:
            yield
        finally:
            leave_town()
            if held:
                held.release()


@cache
def open_town() -> None:
    """Tables, territory, services, staff and keys, made at the first call."""
    enter_town()
    from django.core.management import call_command

    call_command("setup", stdout=StringIO())


@cache
def enter_town() -> None:
    """Make the rooms importable, in this process and in those it starts."""
    import django

    django.setup()


def leave_town() -> None:
    """Give back what this process holds of the database, so that it ends at once."""
    if "django.db" not in sys.modules:
        return
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


def keep_a_copy(name: str) -> None:
    """Copy the database as it is now into another one of the same server."""
    from django.db import connection

    original = connection.settings_dict["NAME"]
    leave_town()
    quote = connection.ops.quote_name
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"DROP DATABASE IF EXISTS {quote(name)}")
        cursor.execute(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(original)}")


@contextmanager
def in_database(name: str) -> Iterator[None]:
    """Work in a copy for as long as the block lasts."""
    from django.db import connection

    original = connection.settings_dict["NAME"]
    leave_town()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        leave_town()
        connection.settings_dict["NAME"] = original


@contextmanager
def public_files_put_back() -> Iterator[Path]:
    """The folder that is served, to be changed as long as the block lasts; what it holds now then comes back."""
    from rukhsa.project.config import config

    folder = config().data / "public"
    aside = folder.with_name(f"{folder.name}.aside")
    if folder.exists():
        shutil.copytree(folder, aside)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if aside.exists():
            aside.rename(folder)


def applicants(count: int) -> list[Any]:
    """So many new applicants, each with a name, a number, a telephone and an address of mail."""
    from rukhsa.accounts.models import Person

    first = Person.objects.count()
    return Person.objects.bulk_create(
        [
            Person(
                email=f"applicant-{number}@people.example",
                phone=f"+9733{number:07d}",
                name_ar=f"ليلى بنت أحمد الدوسري {number}",
                name_en=f"Layla Ahmed Al-Dosari {number}",
                kind="citizen",
                personal_number=f"{number:09d}",
            )
            for number in range(first, first + count)
        ],
        batch_size=2000,
    )


def granted(count: int, *, at: datetime) -> list[Any]:
    """So many applications for a proof of residence, each of its own applicant, submitted and granted."""
    from rukhsa.applications.models import Application
    from rukhsa.applications.stages import Stage
    from rukhsa.authorities.models import Authority

    authority, version = Authority.objects.get(code="CAP"), current("proof-of-residence")
    first = Application.objects.count()
    applications = Application.objects.bulk_create(
        [
            Application(
                reference=f"CAP-BENCH-{first + number:07d}",
                service_version=version,
                applicant=applicant,
                authority=authority,
                stage=Stage.GRANTED,
                answers=answers_of_residence(at),
                created_at=at,
                saved_at=at,
                submitted_at=at,
            )
            for number, applicant in enumerate(applicants(count))
        ],
        batch_size=2000,
    )
    _record_grants(applications, at)
    return applications


def _record_grants(applications: list[Any], at: datetime) -> None:
    from rukhsa.applications.models import Step
    from rukhsa.applications.stages import Act, Stage
    from rukhsa.review.decision import Decision

    stages = {Act.SUBMIT: (Stage.DRAFT, Stage.SUBMITTED), Act.GRANT: (Stage.SUBMITTED, Stage.GRANTED)}
    Step.objects.bulk_create(
        [
            Step(application=each, act=act, stage_before=before, stage_after=after, at=at)
            for each in applications
            for act, (before, after) in stages.items()
        ],
        batch_size=2000,
    )
    Decision.objects.bulk_create(
        [Decision(application=each, outcome="granted", rule="bench", at=at) for each in applications],
        batch_size=2000,
    )


def paid(count: int, *, at: datetime) -> list[Any]:
    """So many granted applications whose charge has its receipt: what the cycle of issuing begins with."""
    from rukhsa.payments.models import Receipt

    applications = granted(count, at=at)
    for some in batched(charged(applications, at=at), 2000, strict=False):
        Receipt.objects.bulk_create(
            Receipt(
                number=f"B{charge.pk.hex[:22]}",
                charge=charge,
                amount=charge.amount,
                currency=charge.currency,
                at=at,
            )
            for charge in some
        )
    return applications


def charged(applications: list[Any], *, at: datetime) -> list[Any]:
    """The charges after the decision of these applications, as the tariff prices the first of them."""
    from rukhsa.payments import tariff
    from rukhsa.payments.models import Charge, ChargeLine

    first = tariff.assess(applications[0], Charge.Due.AFTER_DECISION, at=at)
    assert first is not None
    charges = Charge.objects.bulk_create(
        [
            Charge(
                application=each,
                due=first.due,
                amount=first.amount,
                currency=first.currency,
                assessed_at=at,
                expires_at=at + timedelta(days=30),
            )
            for each in applications[1:]
        ],
        batch_size=2000,
    )
    _await_payment(charges, at=at)
    lines = list(first.lines.all())
    ChargeLine.objects.bulk_create(
        [
            ChargeLine(
                charge=charge,
                rule=line.rule,
                kind=line.kind,
                amount=line.amount,
                explanation=line.explanation,
            )
            for charge in charges
            for line in lines
        ],
        batch_size=2000,
    )
    return [first, *charges]


def _await_payment(charges: list[Any], *, at: datetime) -> None:
    """Give each application the term that it waits for its payment; without one the sweep would take it for lost."""
    from rukhsa.applications.models import Term

    Term.objects.bulk_create(
        [
            Term(application_id=each.application_id, kind="pay", since=at, ends_at=each.expires_at)
            for each in charges
        ],
        batch_size=2000,
    )


def current(service: str) -> Any:
    """The newest version of a service."""
    from rukhsa.catalogue.models import ServiceVersion

    return ServiceVersion.objects.current().get(service=service)


def answers_of_residence(at: datetime) -> dict[str, Any]:
    """Right answers to the questions of a proof of residence."""
    since = (at - timedelta(days=400)).date().isoformat()
    return {"home": HOME, "tenure": "owner", "living-since": since, "purpose": "school"}
