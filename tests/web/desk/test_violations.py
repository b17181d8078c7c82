"""A violation from the visit to the notice: recorded with a photo, confirmed by another, mended or withdrawn."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.agreement import ProposedByYourself
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.delivery.models import Notice
from rukhsa.issuance.models import Instrument
from rukhsa.staff.interest_declaration import declare
from rukhsa.violations.contesting import SERVICE, RecordedByYourself, applications_of
from rukhsa.violations.violation import (
    Evidence,
    NotRecorded,
    NotStanding,
    Seen,
    Violation,
    confirm_violation,
    mend_violation,
    record_violation,
    refuse_violation,
)
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, person, picture
from tests.web.desk.fined import withdraw

pytestmark = pytest.mark.django_db
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
LATER = SUNDAY + timedelta(days=1)


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


def acting(name: str) -> Actor:
    return works.act_as(person(name, works.authority()))


def seen(kind: str = "no-licence", **changes: object) -> Seen:
    told: dict[str, object] = {"place": "Road 1705", "text": "A trench.", "at": SUNDAY, "photos": ["0" * 64]}
    return Seen(kind=kind, **told | changes)  # type: ignore[arg-type]


def recorded(instrument: Instrument | None, kind: str = "no-licence") -> Violation:
    return record_violation(
        seen(kind), authority="CAP", instrument=instrument, actor=acting("yusuf"), at=SUNDAY
    )


def confirmed(instrument: Instrument | None, kind: str = "no-licence") -> Violation:
    return confirm_violation(recorded(instrument, kind), actor=acting("mariam"), at=SUNDAY)


def test_the_fine_is_that_of_the_tariff_and_grows_when_the_same_was_confirmed_before(
    instrument: Instrument,
) -> None:
    first = recorded(instrument)
    assert str(first.money) == "50.000"
    assert not recorded(instrument).is_repeated  # what no second person confirmed does not count
    confirm_violation(first, actor=acting("mariam"), at=SUNDAY)
    again = recorded(instrument)
    assert (str(again.money), again.is_repeated) == ("100.000", True)
    assert str(recorded(None).money) == "50.000"  # of a person who is not known nothing was recorded before
    withdraw(first, "Wrong road.", by=acting("yusuf"), second=acting("mariam"), at=SUNDAY)
    assert not recorded(instrument).is_repeated


@pytest.mark.parametrize(
    "changes",
    [{"kind": "parking"}, {"text": " "}, {"place": ""}, {"photos": []}, {"at": SUNDAY + timedelta(hours=1)}],
)
def test_a_record_that_lacks_something_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(NotRecorded):
        record_violation(seen(**changes), authority="CAP", instrument=None, actor=acting("yusuf"), at=SUNDAY)
    assert not Violation.objects.exists()


def test_nobody_confirms_alone_and_an_inspector_not_at_all(instrument: Instrument) -> None:
    mariam = acting("mariam")
    hers = record_violation(seen(), authority="CAP", instrument=instrument, actor=mariam, at=SUNDAY)
    with pytest.raises(ProposedByYourself):
        confirm_violation(hers, actor=mariam, at=SUNDAY)
    with pytest.raises(NotPermitted):
        confirm_violation(recorded(instrument), actor=acting("salem"), at=SUNDAY)


def test_the_holder_is_told_once_it_is_confirmed_and_not_before(
    instrument: Instrument, application: Application
) -> None:
    violation = recorded(instrument)
    told = Notice.objects.filter(application=application, event=f"violation:{violation.number}")
    assert not told.exists()
    confirm_violation(violation, actor=acting("mariam"), at=SUNDAY)
    assert {notice.facts["number"] for notice in told} == {violation.number}


def test_what_was_recorded_is_never_changed_and_nothing_is_erased(instrument: Instrument) -> None:
    violation = confirmed(instrument)
    for change in (
        lambda: Violation.objects.filter(pk=violation.pk).update(amount=1),
        lambda: Violation.objects.filter(pk=violation.pk).delete(),
        lambda: Evidence.objects.filter(violation=violation).update(digest="1" * 64),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_it_is_mended_once_and_withdrawn_with_a_reason(instrument: Instrument) -> None:
    waiting, violation = recorded(instrument), confirmed(instrument, "waste")
    with pytest.raises(NotStanding):
        mend_violation(waiting, "", actor=acting("yusuf"), at=LATER)
    mend_violation(violation, "Clean.", actor=acting("yusuf"), at=LATER)
    with pytest.raises(NotStanding):
        mend_violation(violation, "Clean.", actor=acting("yusuf"), at=LATER)
    withdraw(violation, "Wrong road.", by=acting("yusuf"), second=acting("mariam"), at=LATER)
    assert not Violation.objects.confirmed().exists()
    refuse_violation(waiting, "Taken back.", actor=acting("yusuf"), at=LATER)
    assert Violation.objects.count() == 2


def test_those_who_recorded_and_confirmed_do_not_act_on_the_objection(
    instrument: Instrument, application: Application
) -> None:
    violation = confirmed(instrument)
    yusuf, mariam, salem = (acting(name).person for name in ("yusuf", "mariam", "salem"))
    for each in (yusuf, mariam):  # the negative control: road works, which name no notice
        require_no_interest(application, each)
    objection = contested(application, violation.number)
    for each in (yusuf, mariam):
        with pytest.raises(RecordedByYourself):
            require_no_interest(objection, each)
    require_no_interest(objection, salem)
    require_no_interest(contested(application, "1234/2019"), yusuf)  # a notice on paper
    assert list(applications_of(violation)) == [objection]


def contested(application: Application, number: str) -> Application:
    """The same application as one of the settlement that names the number of a notice."""
    version = application.service_version
    version.pk, version.service = None, SERVICE
    version.number = 1 + number.count("/")
    version.digest = f"{number:0>64}"[-64:]
    version.save(force_insert=True)
    made = works.submitted(version, reference=f"CAP-2026-00009{version.number}")
    Application.objects.filter(pk=made.pk).update(answers={"notice": number})
    return Application.objects.select_related("service_version").get(pk=made.pk)


def typed_of(instrument: Instrument) -> dict[str, object]:
    """What Yusuf types about works beside the licensed trench."""
    now = timezone.localtime() - timedelta(minutes=1)
    return {
        "number": instrument.intent.number,
        "kind": "outside-the-place",
        "place": "طريق 1705",
        "position": "26.2, 50.58",
        "at": f"{now:%Y-%m-%dT%H:%M}",
        "text": "A trench 300 m further on.",
        "photos": SimpleUploadedFile("trench.png", picture(), "image/png"),
    }


def test_what_was_typed_and_photographed_is_kept_where_something_is_wrong(
    yusuf: Client, instrument: Instrument
) -> None:
    assert "Works outside the licensed place" in yusuf.get(at("record-violation")).content.decode()
    bad = yusuf.post(at("record-violation"), typed_of(instrument) | {"position": "there"})
    assert bad.status_code == UNPROCESSABLE
    kept = bad.content.decode()
    assert "One photo is here already." in kept
    assert "A trench 300 m further on." in kept


@pytest.mark.parametrize(("language", "said"), [("en", "This is about you"), ("ar", "هذا الأمر يخصك")])
def test_who_is_close_to_the_holder_is_told_so_with_the_form(
    yusuf: Client, instrument: Instrument, language: str, said: str
) -> None:
    holder = works.layla()
    declare("1", relatives=[str(holder.personal_number)], actor=acting("yusuf"), at=SUNDAY)
    yusuf.cookies["rukhsa-language"] = language
    refused = yusuf.post(at("record-violation"), typed_of(instrument))
    assert refused.status_code == UNPROCESSABLE
    assert said in refused.text
    assert "A trench 300 m further on." in refused.text
    assert not Violation.objects.exists()


def test_from_the_visit_to_the_notice_on_the_pages(
    yusuf: Client, mariam: Client, instrument: Instrument, application: Application, sign_in: SignIn
) -> None:
    made = yusuf.post(at("record-violation"), typed_of(instrument))
    violation = Violation.objects.get()
    assert made["Location"] == at("violation", violation.pk)
    page = yusuf.get(made["Location"]).content.decode()
    assert "Another person must approve it" in page
    assert yusuf.post(at("act-on-violation", violation.pk, "approve")).status_code == HTTPStatus.FORBIDDEN
    assert violation.number in mariam.get(at("violations") + "?show=waiting").content.decode()
    photo = at("violation-photo", violation.pk, violation.evidence.get().digest)
    assert mariam.get(photo)["Content-Type"] == "image/jpeg"
    mine = sign_in(application.applicant)
    own = reverse("portal:violations")
    assert violation.number not in mine.get(own).content.decode()
    assert mariam.post(at("act-on-violation", violation.pk, "approve")).status_code == HTTPStatus.FOUND
    told = mine.get(own).content.decode()
    for words in (violation.number, "A trench 300 m further on.", "40.000", "Pay or object"):
        assert words in told
    shown = reverse("portal:violation-photo", args=[violation.pk, violation.evidence.get().digest])
    assert mine.get(shown)["Content-Type"] == "image/jpeg"
    stranger = sign_in(Person.objects.create_user("fatima@people.example", kind="citizen"))
    assert stranger.get(shown).status_code == HTTPStatus.NOT_FOUND
    assert violation.number not in stranger.get(own).content.decode()
    withdraw(violation, "Wrong road.", by=acting("yusuf"), second=acting("mariam"), at=LATER)
    assert "You have nothing to do" in mine.get(own).content.decode()


def test_a_number_that_no_document_has_is_told_and_an_empty_list_says_so(yusuf: Client) -> None:
    assert "No violations here." in yusuf.get(at("violations")).content.decode()
    answer = yusuf.post(at("record-violation"), {"number": "CAP-RW-2026-000009-1", "text": "Kept."})
    assert answer.status_code == UNPROCESSABLE
    assert "Kept." in answer.content.decode()
