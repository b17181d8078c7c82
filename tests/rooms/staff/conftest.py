"""The town's staff at two authorities, a clock that stands, and the lines that the security log writes."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Agency, Authority
from rukhsa.staff import change as changes
from rukhsa.staff.change import Newcomer, Wanted
from rukhsa.staff.invitation import address_of
from rukhsa.staff.models import UsedCode
from rukhsa_rehearsal.known_secrets import code_of
from rukhsa_rehearsal.staffing import make_cast

type SignedIn = Callable[[str], Client]

SARA = Newcomer(email="sara@mun.example", name_ar="سارة", name_en="Sara", language="en")


@pytest.fixture(autouse=True)
def _used_codes_are_forgotten() -> None:
    cache.clear()


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The clock stands: a code holds for half a minute, whose end no test meets by chance."""
    return stand_still(monkeypatch, timezone.now())


def stand_still(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> datetime:
    """Let it be this moment, and stay it."""
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=moment.timestamp))
    for module in ("login", "reauthentication"):
        path = f"allauth.account.internal.flows.{module}.time"
        monkeypatch.setattr(path, SimpleNamespace(time=moment.timestamp))
    return moment


@pytest.fixture
def town(db: None) -> list[Person]:
    """Two authorities, an agency, and the cast with their posts."""
    for ordinal, code in enumerate(("CAP", "MUH"), start=1):
        Authority.objects.create(code=code, ordinal=ordinal)
    Agency.objects.create(code="ewa")
    return make_cast()


@pytest.fixture
def signed_in(town: list[Person], moment: datetime) -> SignedIn:
    """A browser in which one of the cast signed in by password and code."""

    def sign_in(name: str) -> Client:
        browser = Client(headers={"accept": "text/html", "user-agent": "Firefox"})
        browser.cookies["rukhsa-language"] = "en"
        enter(browser, name, moment)
        return browser

    return sign_in


def enter(browser: Client, name: str, at: datetime) -> None:
    """Sign in by password and code, however often in half a minute."""
    email = f"{name}@mun.example"
    UsedCode.objects.filter(authenticator__user__email=email).delete()
    cache.clear()
    browser.post("/desk/sign-in", {"login": email, "password": f"{name}-of-the-town"})
    browser.post("/desk/sign-in/proof", {"code": code_of(email, at=at)})
    assert "_auth_user_id" in browser.session


def named(name: str) -> Person:
    """One of the cast."""
    return Person.objects.get(email=f"{name}@mun.example")


def acting(name: str, *, at: datetime) -> Actor:
    """One of the cast, as they may act."""
    return actor_for(named(name), at=at)


def noted(event: str) -> list[JournalEntry]:
    """The entries of the security log of a kind, the newest first."""
    return list(JournalEntry.objects.filter(act=event, is_security=True).order_by("-pk"))


def without_factors(person: Person) -> None:
    """Take every factor away, as nothing in the product does but a reset."""
    Authenticator.objects.filter(user=person).delete()


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What the security log writes for a collector of logs."""
    written: list[dict[str, Any]] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(record.getMessage()))

    handler, logger = Collector(), logging.getLogger("rukhsa.security")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def wanted(role: Role, authority: str = "CAP", **more: object) -> Wanted:
    """A post from today on."""
    if role is Role.COMMITTEE_MEMBER:
        more.setdefault("committee", "building")
    return Wanted(role=role, authority=authority, starts_on=timezone.localdate(), **more)  # type: ignore[arg-type]


def invited(at: datetime) -> Person:
    """Sara, an officer who has not opened her link."""
    changes.welcome(SARA, wanted(Role.OFFICER), actor=acting("fatima", at=at), at=at)
    return Person.objects.get(email=SARA.email)


def link_of(person: Person) -> str:
    """The address in the newest invitation of a person."""
    return address_of(str(person.invitations.latest("at").pk))
