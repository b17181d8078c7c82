"""An institution sets its holidays, texts, reasons, acceptance and banks itself, by two people and without a shell."""

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
import yaml
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.catalogue import in_force
from rukhsa.catalogue.banks import UnknownBank, bank_of
from rukhsa.catalogue.models import Reason, TerritoryChange
from rukhsa.catalogue.shape import Span
from rukhsa.catalogue.territory import policies, territory
from rukhsa.delivery.message_text import BadWording, check, sms_parts
from rukhsa.delivery.notice import sentence
from rukhsa.review.deadline import deadline
from rukhsa.review.queue import QueueEntry
from tests.rooms.review import works
from tests.web.desk.conftest import IBAN, SignIn

pytestmark = pytest.mark.django_db
NOTICE = {"ar": "أصبح الطلب {reference} مرفوضا.", "en": "We refused {reference}."}


def administrator(name: str, sign_in: SignIn, at: str = "CAP") -> tuple[Person, Client]:
    ordinal = {"CAP": 1, "MUH": 2}[at]
    person = works.staff(
        f"{name}@town.example", name, name, Role.ADMINISTRATOR, at=works.authority(at, ordinal)
    )
    Authenticator.objects.get_or_create(user=person, type=Authenticator.Type.TOTP, defaults={"data": {}})
    return person, sign_in(person)


def proposed(client: Client, kind: str, key: str, **typed: Any) -> TerritoryChange:
    said = {"reason": "a circular", "effective_on": str(timezone.localdate()), "act": "propose", **typed}
    response = client.post(reverse("desk:change-setting", args=[kind, key]), said)
    assert response.status_code == HTTPStatus.FOUND, response.text
    return TerritoryChange.objects.latest("proposed_at")


def approve(client: Client, change: TerritoryChange) -> int:
    return client.post(reverse("desk:act-on-territory-change", args=[change.pk, "approve"])).status_code


def a_working_day() -> date:
    day = timezone.localdate() + timedelta(days=20)
    return territory().calendar_of("CAP").after(day, 0)


def test_a_day_that_two_people_close_moves_every_counted_term(
    sign_in: SignIn, application: Application
) -> None:
    day = a_working_day()
    before = datetime.combine(day - timedelta(days=1), datetime.min.time(), UTC)
    span = Span(count=1, unit="working day")
    due = deadline(span, after=before, authority="CAP")
    QueueEntry.objects.update_or_create(
        application=application,
        defaults={"authority_id": "CAP", "turn": "authority", "since": before - timedelta(days=9),
                  "due_at": before + timedelta(days=9), "submitted_at": before},
    )  # fmt: skip
    fatima, ahmed = (administrator(name, sign_in)[1] for name in ("fatima", "ahmed"))
    typed = {"day": str(day), "closed": "yes", "authority": "CAP", "ar": "صيانة", "en": "Repairs"}
    page = fatima.post(
        reverse("desk:change-setting", args=["closed-day", "new"]),
        typed | {"reason": "x", "effective_on": str(day), "act": "preview"},
    ).text
    assert "Moves the term of 1 application." in page
    change = proposed(fatima, "closed-day", "new", **typed)
    assert deadline(span, after=before, authority="CAP") == due
    assert approve(fatima, change) == 422
    ProcrastinateJob.objects.filter(task_name="journey.advance")
    assert approve(ahmed, change) == HTTPStatus.FOUND
    assert deadline(span, after=before, authority="CAP") > due
    assert deadline(span, after=before, authority="MUH") == due
    assert ProcrastinateJob.objects.filter(
        task_name="journey.advance", lock=str(application.pk), scheduled_at__isnull=False
    ).exists()
    undo = reverse("desk:act-on-territory-change", args=[change.pk, "undo"])
    fatima.post(undo, {"reason": "a mistake"})
    approve(ahmed, TerritoryChange.objects.latest("proposed_at"))
    assert deadline(span, after=before, authority="CAP") == due


def test_offices_work_on_a_public_holiday_that_two_people_open(sign_in: SignIn) -> None:
    national_day = date(timezone.localdate().year, 12, 16)
    while national_day.weekday() in (4, 5):
        national_day = national_day.replace(year=national_day.year + 1)
    assert not territory().calendar_of("CAP").is_working(national_day)
    fatima, ahmed = (administrator(name, sign_in)[1] for name in ("fatima", "ahmed"))
    typed = {"day": str(national_day), "closed": "no", "authority": "CAP", "ar": "عمل", "en": "Work"}
    approve(ahmed, proposed(fatima, "closed-day", "new", **typed))
    assert territory().calendar_of("CAP").is_working(national_day)
    assert not territory().calendar_of("MUH").is_working(national_day)


def test_an_administrator_of_another_authority_neither_sees_nor_approves_the_day(sign_in: SignIn) -> None:
    fatima = administrator("fatima", sign_in)[1]
    typed = {"day": str(a_working_day()), "closed": "yes", "authority": "CAP", "ar": "صيانة", "en": "Repairs"}
    change = proposed(fatima, "closed-day", "new", **typed)
    elsewhere = administrator("yusuf", sign_in, at="MUH")[1]
    assert approve(elsewhere, change) == HTTPStatus.NOT_FOUND
    assert str(change.pk) not in elsewhere.get(reverse("desk:settings")).text
    assert (
        elsewhere.post(
            reverse("desk:change-setting", args=["closed-day", "new"]), typed | {"act": "propose"}
        ).status_code
        == 422
    )


def test_a_text_that_two_people_change_is_what_applicants_are_told(sign_in: SignIn) -> None:
    fatima, ahmed = (administrator(name, sign_in)[1] for name in ("fatima", "ahmed"))
    facts = {"reference": "CAP-2026-000001"}
    with translation.override("en"):
        before = sentence("refused", facts)
    page = fatima.post(
        reverse("desk:change-setting", args=["notice", "refused"]),
        NOTICE | {"reason": "x", "effective_on": str(timezone.localdate()), "act": "preview"},
    ).text
    assert "We refused CAP-2026-000123." in page
    change = proposed(fatima, "notice", "refused", **NOTICE)
    approve(ahmed, change)
    with translation.override("en"):
        assert sentence("refused", facts) == "We refused CAP-2026-000001." != before
    assert "notice:\n  refused:" in ahmed.get(reverse("desk:export-settings")).text
    assert yaml.safe_load(ahmed.get(reverse("desk:export-settings")).text)["notice"]["refused"] == NOTICE


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("text-unknown-variable", "We refused {reference} of {name}."),
        ("text-missing-variable", "We refused it."),
        ("text-braces", "We refused {reference."),
        ("text-braces", "We refused {reference.__class__}."),
        ("text-isolates", "We refused \u2066{reference}."),
        ("text-too-long", "We refused {reference}. " * 60),
        ("text-missing", " "),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(code: str, text: str) -> None:
    check("refused", NOTICE)
    with pytest.raises(BadWording) as refused:
        check("refused", NOTICE | {"en": text})
    assert refused.value.code == code


def test_an_sms_is_counted_as_networks_count_it() -> None:
    assert [sms_parts(text) for text in ("a" * 160, "a" * 161, "ب" * 70, "ب" * 71, "ب" * 135)] == [
        1,
        2,
        1,
        2,
        3,
    ]


def test_a_reason_that_is_changed_is_offered_in_its_new_words(sign_in: SignIn) -> None:
    fatima, ahmed = (administrator(name, sign_in)[1] for name in ("fatima", "ahmed"))
    typed = {"code": "unclear-plan", "uses": ["refusal"], "ar": "المخطط غير واضح.", "en": "The plan is unclear.",
             "basis_ar": "المادة 5", "basis_en": "Article 5"}  # fmt: skip
    approve(ahmed, proposed(fatima, "reason", "new", **typed))
    assert Reason.objects.offered("refusal").get(code="unclear-plan").text_en == "The plan is unclear."
    approve(
        ahmed, proposed(fatima, "reason", "unclear-plan", **typed | {"en": "No scale.", "act": "propose"})
    )
    assert Reason.objects.offered("refusal").get(code="unclear-plan").text_en == "No scale."
    approve(ahmed, proposed(fatima, "reason", "unclear-plan", **typed | {"act": "remove"}))
    assert not Reason.objects.offered("refusal").filter(code="unclear-plan").exists()


def test_paper_is_accepted_until_the_day_that_two_people_set(sign_in: SignIn) -> None:
    fatima, ahmed = (administrator(name, sign_in)[1] for name in ("fatima", "ahmed"))
    typed = {"name": "old-paper", "what": "paper", "accept_until": "2027-03-31", "ar": "تعميم", "en": "Circular",
             "source": "Circular 7"}  # fmt: skip
    approve(ahmed, proposed(fatima, "acceptance", "new", **typed))
    [policy] = [each for each in policies() if each.id == "old-paper"]
    assert policy.accepts(on=date(2027, 3, 31))
    assert not policy.accepts(on=date(2027, 4, 1))


def test_a_bank_that_is_removed_takes_no_refund(sign_in: SignIn) -> None:
    fatima, ahmed = (administrator(name, sign_in)[1] for name in ("fatima", "ahmed"))
    assert bank_of(IBAN)
    name = {"code": "BH.BMAG", "ar": "بنك", "en": "Bank"}
    approve(ahmed, proposed(fatima, "bank", "BH.BMAG", **name))
    assert bank_of(IBAN).en == "Bank"  # type: ignore[union-attr]
    approve(ahmed, proposed(fatima, "bank", "BH.BMAG", **name | {"act": "remove"}))
    with pytest.raises(UnknownBank):
        bank_of(IBAN)


def test_a_change_holds_from_its_day_on_and_not_before(sign_in: SignIn) -> None:
    fatima, ahmed = (administrator(name, sign_in)[1] for name in ("fatima", "ahmed"))
    later = str(timezone.localdate() + timedelta(days=5))
    approve(ahmed, proposed(fatima, "notice", "refused", **NOTICE, effective_on=later))
    assert not in_force.current("notice")
    held = TerritoryChange.objects.holding(on=date.fromisoformat(later))
    assert [each.key for each in held] == ["refused"]
