"""Who opens an application that is not their own work says why first; nothing of it is shown before, by any way."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.issuance.models import Instrument
from rukhsa.payments.payout import propose_payout, refuse_payout
from rukhsa.payments.waiver import propose_waiver, refuse_waiver
from rukhsa.personal import purpose
from rukhsa.personal.models import Purpose
from rukhsa.personal.person_looks import entries_about
from rukhsa.personal.purpose import PurposeMissing, give_purpose, require_purpose
from rukhsa.review import inspection
from rukhsa.review.assignment import assign
from rukhsa.review.inspection import InspectionReport
from rukhsa.review.models import Minutes, Sitting
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.before_others import more_of_opinion
from tests.web.desk.conftest import IBAN, SignIn, owed_charge, paid_deposit, person, released, written

pytestmark = pytest.mark.django_db
SAID = {"kind": "complaint", "words": "The neighbour wrote to us about the dust."}


@pytest.fixture
def taken(application: Application) -> Application:
    """The application, in hand of Salem."""
    salem = works.act_as(person("salem", works.authority()))
    assign(application, salem, SUNDAY)
    return application


def ways(application: Application) -> list[str]:
    """Every page and file by which personal data of an application is reached."""
    file = application.attachments.get()
    enclosure = written(application)[1]
    return [
        reverse("desk:application", args=[application.pk]),
        reverse("desk:printout", args=[application.pk]),
        reverse("desk:file", args=[file.pk]),
        reverse("desk:original", args=[file.pk]),
        reverse("desk:conversation", args=[application.pk]),
        reverse("desk:enclosure", args=[enclosure.pk]),
    ]


def test_another_officers_case_shows_nothing_until_a_purpose_is_given(
    taken: Application, mariam: Client
) -> None:
    for way in ways(taken):
        answer = mariam.get(way)
        assert (way, answer.status_code) == (way, HTTPStatus.FOUND)
        asked = mariam.get(answer["Location"])
        page = asked.content.decode()
        assert taken.reference in page
        assert "Layla" not in page
        assert taken.applicant.name_en not in page
    looks = JournalEntry.objects.filter(act__startswith="see-", application=taken.pk)
    assert not looks.exists()
    onward = mariam.get(ways_to(taken))["Location"]
    back = mariam.post(onward, SAID | {"next": ways_to(taken)})
    assert back["Location"] == ways_to(taken)
    assert [mariam.get(way).status_code for way in ways(taken)] == [HTTPStatus.OK] * 6


def test_documents_charges_and_deposits_of_another_officer_ask_for_it_too(
    taken: Application, instrument: Instrument, mariam: Client, salem: Client, sign_in: SignIn
) -> None:
    charge, line = owed_charge(taken), paid_deposit(taken, 3)
    ways = [
        reverse("desk:instrument", args=[instrument.pk]),
        reverse("desk:instrument-file", args=[instrument.pk]),
        reverse("desk:charge", args=[charge.pk]),
        reverse("desk:deposit", args=[line.pk]),
    ]
    asked = reverse("desk:purpose", args=[taken.pk])
    assert all(mariam.get(way)["Location"].startswith(asked) for way in ways)
    assert not JournalEntry.objects.filter(act__in=("see-charge", "see-deposit", "see-instrument")).exists()
    doors = {
        "change-instrument": (instrument.pk, "suspend"),
        "propose-waiver": (charge.pk,),
        "forfeit": (line.pk,),
    }
    for route, args in doors.items():
        assert mariam.post(reverse(f"desk:{route}", args=args), {"reason": "x"})["Location"] == asked, route
    assert mariam.get(reverse("desk:correct-instrument", args=[instrument.pk]))["Location"].startswith(asked)
    finance = sign_in(person("huda", works.authority()))
    assert {salem.get(way).status_code for way in ways[2:]} == {HTTPStatus.OK}
    assert {finance.get(way).status_code for way in ways[2:]} == {HTTPStatus.OK}
    mariam.post(asked, SAID)
    assert [mariam.get(way).status_code for way in ways[2:]] == [HTTPStatus.OK] * 2
    assert {"see-charge", "see-deposit"} <= {each.act for each in entries_about([taken])}


def test_photos_of_a_visit_files_of_an_opinion_and_minutes_ask_for_it_too(
    visited: Application, mariam: Client
) -> None:
    salem, yusuf = (works.act_as(person(name, works.authority())) for name in ("salem", "yusuf"))
    digest = visited.attachments.get().digest
    points = {"marked": False, "clear": True}
    inspection.report(visited.inspections.get(), False, points, "Mark it.", [digest], actor=yusuf, at=SUNDAY)
    _condition, sent = more_of_opinion(visited.referrals.get(agency="ewa").opinion)
    sitting = Sitting.objects.create(
        authority=works.authority(), committee="building", held_on=SUNDAY.date(), convened_by=salem.person, at=SUNDAY
    )  # fmt: skip
    minutes = Minutes.objects.create(
        sitting=sitting, application=visited, digest=digest, media_type="image/png", file_name="minutes.png",
        written_by=salem.person, at=SUNDAY,
    )  # fmt: skip
    assign(visited, salem, SUNDAY)
    ways = [
        reverse("desk:photo", args=[InspectionReport.objects.get().pk, digest]),
        reverse("desk:opinion-file", args=[sent.pk]),
        reverse("desk:minutes", args=[minutes.pk]),
    ]
    asked = reverse("desk:purpose", args=[visited.pk])
    assert all(mariam.get(way)["Location"].startswith(asked) for way in ways)
    seen = ("see-photo", "see-opinion-file", "see-minutes")
    assert not JournalEntry.objects.filter(act__in=seen).exists()
    mariam.post(asked, SAID)
    assert {mariam.get(way).status_code for way in ways} == {HTTPStatus.OK}
    assert {entry.act for entry in entries_about([visited])} == set(seen)


def test_what_waits_for_a_second_hand_asks_for_no_purpose(taken: Application, mariam: Client) -> None:
    charge = owed_charge(taken)
    salem = works.act_as(person("salem", works.authority()))
    way = reverse("desk:charge", args=[charge.pk])
    assert mariam.get(way).status_code == HTTPStatus.FOUND
    propose_waiver(charge, "works-fee", charge.money, "سبب", actor=salem, at=SUNDAY)
    assert mariam.get(way).status_code == HTTPStatus.OK


def test_money_that_two_decided_asks_for_a_purpose_again(
    taken: Application, mariam: Client, salem: Client, sign_in: SignIn
) -> None:
    """Shown while it waits, and then to those who decided it; to every other with a purpose."""
    officer, huda = (works.act_as(person(name, works.authority())) for name in ("salem", "huda"))
    charge = owed_charge(taken)
    waiver = propose_waiver(charge, "works-fee", charge.money, "سبب", actor=officer, at=SUNDAY)
    payout = propose_payout(released(taken, 2), "bank-transfer", iban=IBAN, actor=huda, at=SUNDAY)
    attempt = paid_deposit(taken, 3).charge.attempts.get()
    ways = [reverse("desk:waiver", args=[waiver.pk]), reverse("desk:payout", args=[payout.pk])]
    assert {mariam.get(way).status_code for way in ways} == {HTTPStatus.OK}
    refuse_waiver(waiver, "لا يستحق", actor=huda, at=SUNDAY)
    refuse_payout(payout, "حساب آخر", actor=huda, at=SUNDAY)
    ways.append(reverse("desk:attempt", args=[attempt.pk]))
    asked = reverse("desk:purpose", args=[taken.pk])
    assert all(mariam.get(way)["Location"].startswith(asked) for way in ways)
    doors = {"act-on-waiver": waiver.pk, "act-on-payout": payout.pk, "act-on-attempt": attempt.pk}
    for route, pk in doors.items():
        assert mariam.post(reverse(f"desk:{route}", args=[pk, "refuse"]))["Location"] == asked, route
    assert salem.get(ways[0]).status_code == HTTPStatus.OK
    finance = sign_in(huda.person)
    assert {finance.get(way).status_code for way in ways} == {HTTPStatus.OK}
    mariam.post(asked, SAID)
    assert {mariam.get(way).status_code for way in ways} == {HTTPStatus.OK}


def ways_to(application: Application) -> str:
    """The page of the application."""
    return reverse("desk:application", args=[application.pk])


def test_without_the_protection_it_is_open(
    taken: Application, mariam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purpose, "is_own_work", lambda *_, **__: True)
    assert {mariam.get(way).status_code for way in ways(taken)} == {HTTPStatus.OK}


def test_ones_own_work_is_never_asked(
    application: Application, salem: Client, mariam: Client, noor: Client
) -> None:
    assert salem.get(ways_to(application)).status_code == HTTPStatus.OK  # could be taken
    assert mariam.get(ways_to(application)).status_code == HTTPStatus.OK
    assign(application, works.act_as(person("salem", works.authority())), SUNDAY)
    assert salem.get(ways_to(application)).status_code == HTTPStatus.OK  # in hand
    assert not Purpose.objects.exists()


def test_who_comes_by_a_referral_or_a_visit_is_not_asked(
    visited: Application, noor: Client, yusuf: Client
) -> None:
    assign(visited, works.act_as(person("salem", works.authority())), SUNDAY)
    file = reverse("desk:file", args=[visited.attachments.get().pk])
    assert noor.get(file).status_code == HTTPStatus.OK
    assert yusuf.get(ways_to(visited)).status_code == HTTPStatus.OK


def test_an_act_on_it_is_asked_too_and_does_nothing(taken: Application, mariam: Client) -> None:
    answer = mariam.post(reverse("desk:return", args=[taken.pk]), {"about": "", "text": "نقص"})
    assert answer["Location"] == reverse("desk:purpose", args=[taken.pk])
    taken.refresh_from_db()
    assert taken.stage == "submitted"


def test_a_program_is_told_why(taken: Application, mariam: Client) -> None:
    answer = mariam.get(ways_to(taken), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (
        HTTPStatus.FORBIDDEN,
        "urn:rukhsa:problem:purpose-missing",
    )


@pytest.mark.parametrize(
    "said", [{}, {"kind": "curiosity", "words": "I would like to know."}, {"kind": "audit", "words": "no"}]
)
def test_a_purpose_has_a_kind_and_words(taken: Application, mariam: Client, said: dict[str, str]) -> None:
    answer = mariam.post(reverse("desk:purpose", args=[taken.pk]), said)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said.get("words", "") in answer.content.decode()
    assert not Purpose.objects.exists()


def test_it_is_kept_in_the_journal_and_asked_for_each_case_and_each_day(taken: Application) -> None:
    mariam = works.act_as(person("mariam", works.authority()))
    at = timezone.now()
    give_purpose(taken, **SAID, actor=mariam, at=at)
    entry = JournalEntry.objects.get(act="give-purpose")
    assert (entry.application, entry.detail["purpose"], entry.authority) == (taken.pk, "complaint", "CAP")
    require_purpose(taken, mariam, at=at)
    with pytest.raises(PurposeMissing):
        require_purpose(taken, mariam, at=at + timedelta(days=1))
    another = works.act_as(works.staff("aisha@town.example", "", "Aisha", Role.OFFICER, at=works.authority()))
    with pytest.raises(PurposeMissing):
        require_purpose(taken, another, at=at)


def test_it_goes_on_to_no_other_site(taken: Application, mariam: Client) -> None:
    for bad in ("https://evil.example/", "//evil.example/desk/", "/applications/"):
        answer = mariam.post(reverse("desk:purpose", args=[taken.pk]), SAID | {"next": bad})
        assert answer["Location"] == ways_to(taken)


def test_what_was_said_is_never_changed(taken: Application) -> None:
    give_purpose(taken, **SAID, actor=works.act_as(person("mariam", works.authority())), at=timezone.now())
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE personal_purpose SET words = 'other'")


def test_a_closed_case_is_open_to_who_took_part_and_to_others_with_a_purpose(
    taken: Application, salem: Client, mariam: Client, sign_in: SignIn
) -> None:
    Application.objects.filter(pk=taken.pk).update(stage="withdrawn")
    taken.queue_entry.delete()
    assert salem.get(ways_to(taken)).status_code == HTTPStatus.OK
    assert mariam.get(ways_to(taken)).status_code == HTTPStatus.FOUND
