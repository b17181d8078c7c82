"""Runs inside of the deployment's environment: makes people with posts and sessions, and names what there is.

What a sign-in costs is tried elsewhere: here hundreds of people are signed in by rows of their own.
"""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import django
from django.db import connections

TOWNS = ("CAP", "MUH")
STALE = ("officer", "supervisor", "administrator", "security-officer", "finance")
BLOCKS = {"CAP": 317, "MUH": 213}


def main() -> None:
    """Do what each line asks, `["act", argument, …]`, and answer a line of JSON."""
    # What signals or settings print goes elsewhere: a line here is an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    os.environ["DJANGO_SETTINGS_MODULE"] = "rukhsa.project.settings"
    django.setup()
    acts = {
        "everything": everything,
        "dismiss": dismiss,
        "invite": invited,
        "attempt": attempt_of,
        "count": count,
        "companies": companies,
        "end_mandate": end_mandate,
        "asked": asked,
    }
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        answers.write(json.dumps(acts[name](*arguments)) + "\n")
        answers.flush()
    # Their threads would be waited for when the process ends.
    for connection in connections.all():
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def everything() -> dict[str, Any]:
    """People with their sessions, and objects."""
    return {
        "people": dict(people()),
        "objects": {town: objects_of(town) for town in TOWNS},
        "stale": {role: stale(role) for role in STALE},
    }


def count(model: str) -> int:
    """How many rows a table has."""
    from django.apps import apps

    return int(apps.get_model(model)._default_manager.count())


def people() -> Iterator[tuple[str, dict[str, Any]]]:
    """All staff with two posts, one in each town, and some with three; each signed in with a fresh proof."""
    from tests.attack.posts import HELD

    for held in HELD:
        yield hired(held)


def hired(posts: list[tuple[Any, str]]) -> tuple[str, dict[str, Any]]:
    """A person with these posts, and the cookie of a session of theirs."""
    from django.test import Client

    from rukhsa.accounts.models import Person, PersonKind
    from rukhsa_rehearsal.known_secrets import give_fixed_secret
    from tests import proved
    from tests.attack.posts import name_of

    name = name_of(posts)
    person, new = Person.objects.get_or_create(
        email=f"{name}@attack.example", defaults={"kind": PersonKind.STAFF, "name_en": name, "name_ar": name}
    )
    if new:
        for role, town in posts:
            hire(person, role, town)
        give_fixed_secret(person)
    browser = Client()
    proved.sign_in(browser, person)
    cookies = {key: morsel.value for key, morsel in browser.cookies.items()}
    return name, {"cookies": cookies, "pk": str(person.pk)}


def companies() -> dict[str, dict[str, str]]:
    """Sessions of people who act for two companies, by what they may: see `mandates.STRANGERS`."""
    from django.utils import timezone

    from rukhsa.accounts.models import Company, Person, PersonKind, Representation

    first, second = (
        Company.objects.create(registration=f"{number}-1", name_en=name, name_ar=name)
        for number, name in (("88101", "First"), ("88102", "Second"))
    )
    held = {
        "own": ([first], first),
        "other": ([second], second),
        "both, for the other": ([first, second], second),
        "own name": ([first], None),
        "ended": ([first], first),
    }
    sessions = {}
    for number, (name, (represented, chosen)) in enumerate(held.items()):
        person = Person.objects.create(
            email=f"company-{number}@attack.example",
            kind=PersonKind.CITIZEN,
            personal_number=f"88000010{number}",
            name_en=name,
            name_ar=name,
        )
        for company in represented:
            Representation.objects.create(
                person=person, company=company, capacity="owner", starts_at=timezone.now()
            )
        sessions[name] = in_company(person, chosen)
    return sessions


def in_company(person: Any, company: Any) -> dict[str, str]:
    """The cookie of a session in which the person acts for the company, or in their own name."""
    from django.test import Client

    from rukhsa.web.access import COMPANY_IN_SESSION

    browser = Client()
    browser.force_login(person)
    if company:
        session = browser.session
        session[COMPANY_IN_SESSION] = company.registration
        session.save()
    return {key: morsel.value for key, morsel in browser.cookies.items()}


def end_mandate() -> None:
    """End the mandate of the person called `ended`, whose session goes on."""
    from django.utils import timezone

    from rukhsa.accounts.models import Representation

    Representation.objects.filter(person__name_en="ended").update(ends_at=timezone.now())


def asked() -> dict[str, Any]:
    """A referral to one agency about what waits in the capital, a file of it, and sessions of two agencies."""
    from datetime import timedelta

    from django.utils import timezone

    from rukhsa.accounts.permissions import Role
    from rukhsa.applications.models import Application
    from rukhsa.authorities.models import Agency
    from rukhsa.review.referral import Referral

    objects = objects_of("CAP")
    referral = Referral.objects.create(
        application=Application.objects.get(pk=objects["application"]),
        step="attack",
        agency=Agency.objects.get(code="ewa"),
        question_en="Is there a connection?",
        asked_at=timezone.now(),
        due_at=timezone.now() + timedelta(days=3),
    )
    own, other = (hired([(Role.AGENCY_OFFICER, town)])[1]["cookies"] for town in TOWNS)
    return {"referral": str(referral.pk), "file": objects["file"], "own": own, "other": other}


def stale(role: str) -> dict[str, str]:
    """The session cookie of a person with the role in both towns, whose proof is an hour old."""
    from django.test import Client

    from rukhsa.accounts.models import Person
    from tests import proved

    browser = Client()
    person = Person.objects.get(email=f"{role}.cap-{role}.muh@attack.example")
    proved.sign_in(browser, person, proved_ago=3600)
    return {key: morsel.value for key, morsel in browser.cookies.items()}


def hire(person: Any, role: Any, town: str) -> None:
    """Give a post; an agency is of no town, and each town of the tries has one of its own."""
    from datetime import date

    from rukhsa.accounts.permissions import Role
    from rukhsa.authorities.models import Agency, Authority, Post
    from tests.mandated import empower

    if role in {Role.AGENCY_OFFICER, Role.AGENCY_COORDINATOR}:
        place = {"agency": Agency.objects.get(code={"CAP": "ewa", "MUH": "traffic"}[town])}
    else:
        place = {"authority": Authority.objects.get(code=town)}
        if role is Role.COMMITTEE_MEMBER:
            place["committee"] = "building"
    empower(Post.objects.create(person=person, role=role, starts_on=date(2020, 1, 1), **place))


def dismiss(pk: str) -> None:
    """End every post of a person as of yesterday."""
    from datetime import timedelta

    from django.utils import timezone

    from rukhsa.authorities.models import Post

    Post.objects.filter(person=pk).update(ends_on=timezone.localdate() - timedelta(days=1))


def invited(email: str) -> str:
    """The link of a new invitation for an officer of the capital."""
    from django.utils import timezone

    from rukhsa.accounts.models import Person, PersonKind
    from rukhsa.accounts.permissions import Role
    from rukhsa.staff.invitation import address_of, invite

    person, new = Person.objects.get_or_create(email=email, defaults={"kind": PersonKind.STAFF})
    if new:
        person.set_unusable_password()
        person.save()
        hire(person, Role.OFFICER, "CAP")
    return address_of(str(invite(person, by=None, at=timezone.now()).pk))


def attempt_of(application: str) -> dict[str, str]:
    """What a notice about the payment under way would name."""
    from rukhsa.payments.models import Attempt
    from rukhsa.values.money import Money

    attempt = Attempt.objects.filter(charge__application=application).latest("started_at")
    amount = str(Money(minor=attempt.amount, currency=attempt.currency))
    return {"reference": attempt.reference, "gateway_reference": attempt.gateway_reference, "amount": amount}


def objects_of(town: str) -> dict[str, str]:
    """What there is in a town, by what a route calls it."""
    from rukhsa.applications.models import Application, Attachment
    from rukhsa.issuance.models import Instrument
    from rukhsa.payments.models import Attempt, Charge

    waiting = Application.objects.filter(authority=town, stage="submitted").latest("submitted_at")
    issued = Instrument.objects.filter(intent__authority=town, intent__application__isnull=False).latest("pk")
    paid = issued.intent.application
    found = {
        "application": waiting.pk,
        "file": Attachment.objects.filter(application=waiting).first().pk,  # type: ignore[union-attr]
        "instrument": issued.pk,
        "charge": Charge.objects.filter(application=paid).latest("pk").pk,
        "attempt": Attempt.objects.filter(charge__application=paid).latest("pk").pk,
        "block": BLOCKS[town],
    }
    return {name: str(value) for name, value in found.items()}


if __name__ == "__main__":
    main()
