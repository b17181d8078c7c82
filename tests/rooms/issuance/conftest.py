"""A town that can issue: the four authorities, Bahrain's services as published, keys, and an empty public site."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.payments import tariff
from rukhsa.payments.models import Charge, Receipt
from rukhsa.review.decision import Decision
from tests import ceremony
from tests.kept import kept

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TERRITORY = Path(__file__).parents[3] / "territories/bahrain"
HOME = {"building": "12", "road": 1705, "block": 317}
RESIDENCE = {"home": HOME, "tenure": "owner", "living-since": "2015-03-01", "purpose": "bank"}

type Grant = Callable[..., Application]


@pytest.fixture
def town(db: None, settings: Settings, tmp_path: Path) -> datetime:
    """The town at work; gives the moment at which it is looked at."""
    settings.RUKHSA_TERRITORY = TERRITORY
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC = tmp_path / "keys", tmp_path / "public"
    build_town()
    return NOW


def build_town() -> None:
    """Authorities, keys and the service that most tests issue, where there are none, and a list that is of today."""
    if not Authority.objects.exists():
        # What the list says of time stamping differs from test to test.
        kept(("issuance", settings.RUKHSA_TSA), _build, files=ceremony.folders())
    ceremony.hold(at=NOW)


def _build() -> None:
    for rule in territory().authorities:
        Authority.objects.create(code=rule.code, ordinal=rule.ordinal)
    ceremony.make_keys(at=NOW)
    published("proof-of-residence")


@pytest.fixture
def granted(town: datetime) -> Grant:
    """Layla's granted and paid application for a service."""

    def grant(service: str = "proof-of-residence", *, paid: bool = True, **answers: Any) -> Application:
        application = granted_application(service, RESIDENCE | answers)
        if paid:
            pay(application)
        return application

    return grant


def layla() -> Person:
    """Layla the applicant."""
    return Person.objects.filter(email="layla@people.example").first() or Person.objects.create_user(
        "layla@people.example",
        name_ar="ليلى بنت أحمد الدوسري",
        name_en="Layla Ahmed Al-Dosari",
        kind="citizen",
        personal_number="850123456",
    )


def granted_application(service: str, answers: dict[str, Any]) -> Application:
    """An application that Salem's rule granted, at the Capital Secretariat."""
    number = Application.objects.count() + 1
    application = Application.objects.create(
        reference=f"CAP-2026-{number:06d}-0",
        service_version=published(service),
        applicant=layla(),
        authority=Authority.objects.get(code="CAP"),
        stage=Stage.GRANTED,
        answers=answers,
        created_at=NOW,
        saved_at=NOW,
        submitted_at=NOW,
    )
    Decision.objects.create(application=application, outcome="granted", rule="the tests", at=NOW)
    return application


def published(service: str) -> ServiceVersion:
    """A service of Bahrain, as its file says."""
    found = ServiceVersion.objects.filter(service=service).first()
    if found:
        return found
    meaning = read_definition(TERRITORY / f"services/{service}.yaml").value.model_dump(
        mode="json", exclude_none=True
    )
    ServiceVersion.objects.create(
        service=service,
        number=1,
        source_text="",
        meaning=meaning,
        digest=hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest(),
        published_at=NOW,
    )
    ceremony.hold(at=NOW)
    return ServiceVersion.objects.get(service=service)


def pay(application: Application) -> None:
    """A receipt for what is due after the decision."""
    charge = tariff.assess(application, Charge.Due.AFTER_DECISION, at=NOW)
    if charge and not hasattr(charge, "receipt"):
        Receipt.objects.create(
            number=f"R-{application.reference}"[:24],
            charge=charge,
            amount=charge.amount,
            currency=charge.currency,
            at=NOW,
        )
