"""A holder shares a document by a link that ends, and sees who checked it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.issuance.models import Instrument
from rukhsa.verification import share
from rukhsa.verification.models import Share, ShareCheck
from rukhsa.verification.share import (
    ShareClosed,
    TooManyShares,
    check_by,
    end_share,
    share_document,
    shares_of,
)
from tests.rooms.review import works
from tests.web.desk.conftest import SignIn, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def layla(application: Application) -> Actor:
    return works.act_as(application.applicant)


def shared(
    instrument: Instrument, application: Application, actor: Actor, *, once: bool, agency: str = ""
) -> Share:
    at = timezone.now()
    whom = works.agency(agency) if agency else None
    return share_document(instrument, application, agency=whom, once=once, actor=actor, at=at)


def test_a_link_for_once_opens_once_and_one_for_a_week_for_a_week(
    instrument: Instrument, application: Application, layla: Actor
) -> None:
    once, week = (shared(instrument, application, layla, once=each) for each in (True, False))
    at = timezone.now()
    assert check_by(once.pk, at=at) == once
    with pytest.raises(ShareClosed):
        check_by(once.pk, at=at)
    for _ in range(3):
        check_by(week.pk, at=at)
    with pytest.raises(ShareClosed):
        check_by(week.pk, at=at + share.LASTS)
    told = {each.share.pk: (each.is_open, each.by_anyone) for each in shares_of(instrument, at=at)}
    assert told == {once.pk: (False, 1), week.pk: (True, 3)}


def test_a_link_for_an_agency_opens_for_its_officers_alone(
    instrument: Instrument, application: Application, layla: Actor
) -> None:
    link, at = shared(instrument, application, layla, once=False, agency="ewa"), timezone.now()
    for agencies in ((), ("gas",)):
        with pytest.raises(ShareClosed):
            check_by(link.pk, agencies=agencies, at=at)
    check_by(link.pk, agencies=("gas", "ewa"), at=at)
    [told] = shares_of(instrument, at=at)
    assert [(agency.pk, count) for agency, count in told.by_agency] == [("ewa", 1)]


def test_an_ended_link_and_one_that_never_was_look_alike(
    instrument: Instrument, application: Application, layla: Actor
) -> None:
    link, at = shared(instrument, application, layla, once=False), timezone.now()
    for _ in range(2):
        end_share(link, application, actor=layla, at=at)
    for pk in (link.pk, uuid4()):
        with pytest.raises(ShareClosed):
            check_by(pk, at=at)


def test_another_person_neither_shares_nor_ends_and_links_are_limited(
    instrument: Instrument, application: Application, layla: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = shared(instrument, application, layla, once=False)
    other = works.act_as(person("salem", works.authority()))
    with pytest.raises(NotPermitted):
        shared(instrument, application, other, once=False)
    with pytest.raises(NotPermitted):
        end_share(link, application, actor=other, at=timezone.now())
    monkeypatch.setattr(share, "MOST_OPEN", 1)
    with pytest.raises(TooManyShares):
        shared(instrument, application, layla, once=False)


def test_the_database_keeps_every_check_and_nothing_of_who_checked(
    instrument: Instrument, application: Application, layla: Actor
) -> None:
    check_by(shared(instrument, application, layla, once=True).pk, at=timezone.now())
    with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
        ShareCheck.objects.all().delete()
    assert {field.name for field in ShareCheck._meta.fields} == {"id", "share", "agency", "at"}


def test_the_holder_makes_a_link_with_a_code_and_ends_it(
    instrument: Instrument, application: Application, sign_in: SignIn
) -> None:
    browser = sign_in(application.applicant)
    page = reverse("portal:shares", args=[application.pk])
    assert "You have not shared this document yet." in browser.get(page).content.decode()
    made = browser.post(page, {"whom": "anyone", "times": "once"}, follow=True).content.decode()
    link = Share.objects.get()
    assert f"/shared/{link.pk}" in made
    assert "<svg" in made
    assert browser.post(page, {"whom": "nobody", "times": "once"}).status_code == 422
    browser.post(reverse("portal:end-share", args=[application.pk, link.pk]))
    assert not shares_of(instrument, at=timezone.now())[0].is_open


def test_more_links_and_checks_cost_no_more_queries(
    instrument: Instrument, application: Application, layla: Actor
) -> None:
    counts = []
    for _ in range(2):
        check_by(
            shared(instrument, application, layla, once=False, agency="ewa").pk,
            agencies=("ewa",),
            at=timezone.now(),
        )
        with CaptureQueriesContext(connection) as captured:
            shares_of(instrument, at=timezone.now() + timedelta(minutes=1))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_officer_of_another_agency_finds_the_link_closed_and_a_preview_uses_nothing_up(
    instrument: Instrument, application: Application, layla: Actor, noor: Client, sign_in: SignIn
) -> None:
    link = shared(instrument, application, layla, once=True, agency="gas")
    address = reverse("desk:shared", args=[link.pk])
    assert "Check the document" in noor.get(address).content.decode()
    assert noor.post(address).status_code == 404
    assert not ShareCheck.objects.exists()
    with translation.override("en"):
        closed = str(ShareClosed.text)
    assert closed in noor.post(address).content.decode()
