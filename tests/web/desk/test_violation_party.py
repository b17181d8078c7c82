"""A violation of a place without a document: its party is recorded as far as it is known, told, and has the notice."""

from http import HTTPStatus

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.models import Company, Person, Representation
from rukhsa.applications.models import Application
from rukhsa.issuance.models import Instrument
from rukhsa.personal.violation_erasure import erase_violation
from rukhsa.violations.contesting import applications_of, fine_recorded
from rukhsa.violations.models import PaperNotice
from rukhsa.violations.party import Party, read_party
from rukhsa.violations.party_notice import send_party_notice
from rukhsa.violations.violation import Violation, confirm_violation, record_violation
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, paid_deposit
from tests.web.desk.fined import withdraw
from tests.web.desk.test_agendas import text_of
from tests.web.desk.test_violations import acting, at, confirmed, contested, seen, typed_of

pytestmark = pytest.mark.django_db
NUMBER = "850900001"


def against(party: Party) -> Violation:
    """A violation of a party without a document, confirmed by a second person."""
    made = record_violation(
        seen(), authority="CAP", instrument=None, party=party, actor=acting("yusuf"), at=SUNDAY
    )
    return confirm_violation(made, actor=acting("mariam"), at=SUNDAY)


def applicant(number: str | None = NUMBER, **fields: str) -> Person:
    told = {"email": "hassan@people.example", "kind": "citizen", "name_ar": "حسن", "name_en": "Hassan"}
    return Person.objects.create_user(**told | {"personal_number": number} | fields)


def test_a_party_is_read_in_one_form_and_nothing_of_it_must_be_known() -> None:
    assert read_party(name=" Hassan  Ali ", number="8509 00001", phone="3600 0009") == Party(
        name="Hassan Ali", number=NUMBER, phone="+97336000009"
    )
    assert read_party(name="", number="12345-1", phone="").number == "12345-1"
    assert read_party(name="", number="", phone="") == Party()


def test_a_person_who_is_known_is_told_by_sms_and_mail_and_a_phone_that_was_named_too() -> None:
    hassan = applicant(phone="+97336000007", language="en")
    violation = against(Party(name="Hassan", number=NUMBER, phone="+97336000009"))
    assert violation.person == hassan
    told = {(each.channel, each.to, each.language) for each in violation.notices.all()}
    assert told == {
        ("sms", "+97336000009", "ar"),
        ("sms", "+97336000007", "en"),
        ("mail", hassan.email, "en"),
    }
    send_party_notice(notice=str(violation.notices.get(channel="mail").pk))
    assert violation.number in mail.outbox[0].body
    assert not against(Party(name="A man with a barrow")).notices.exists()


def test_a_notice_on_paper_is_recorded_with_who_took_it_and_only_of_what_stands(
    yusuf: Client, mariam: Client
) -> None:
    violation = against(Party(name="A man with a barrow"))
    serve, page = at("act-on-violation", violation.pk, "serve"), at("violation", violation.pk)
    now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    typed = {"way": "handed-over", "taken_by": "حسن علي", "served": now}
    for wrong, told in (
        ({"taken_by": " "}, "Say who took"),
        ({"way": "by-pigeon"}, "Say how"),
        ({"served": ""}, "Enter day and time"),
        ({"served": "2020-01-01T10:00"}, "cannot be older"),
        ({"served": "2999-01-01T10:00"}, "cannot be in the future"),
    ):
        refused = yusuf.post(serve, typed | wrong)
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert told in refused.content.decode()
    assert not PaperNotice.objects.exists()
    assert yusuf.post(serve, typed).status_code == HTTPStatus.FOUND
    shown = mariam.get(page).content.decode()
    assert "Handed over" in shown
    assert "حسن علي" in shown
    erase_violation(violation, rule="violations", why="x", cause="retention", actor=None, at=timezone.now())
    assert PaperNotice.objects.get().taken_by == ""
    other = against(Party())
    withdraw(other, "It was another place.", by=acting("yusuf"), second=acting("mariam"), at=SUNDAY)
    gone = yusuf.post(at("act-on-violation", other.pk, "serve"), typed)
    assert gone.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_those_who_act_for_a_company_are_told() -> None:
    company = Company.objects.create(registration="12345-1", name_en="Pearl Works")
    Representation.objects.create(
        person=applicant(), company=company, capacity="manager", starts_at=SUNDAY.replace(year=2020)
    )
    violation = against(Party(number="12345-1"))
    assert (violation.person, violation.company) == (None, company)
    assert [each.to for each in violation.notices.all()] == ["hassan@people.example"]


def test_who_signs_in_later_sees_what_was_recorded_by_number_and_no_one_else_does(sign_in: SignIn) -> None:
    violation = against(Party(name="Hassan", number=NUMBER))
    own = reverse("portal:violations")
    notice = reverse("portal:violation-notice", args=[violation.pk])
    hassan, stranger = applicant(), applicant("850900002", email="fatima@people.example")
    assert violation.number in sign_in(hassan).get(own).content.decode()
    assert "50.000" in text_of(sign_in(hassan).get(notice))
    assert violation.number not in sign_in(stranger).get(own).content.decode()
    assert sign_in(stranger).get(notice).status_code == HTTPStatus.NOT_FOUND


def test_the_same_by_the_same_number_within_a_year_costs_more() -> None:
    assert str(against(Party(number=NUMBER)).money) == "50.000"
    assert str(against(Party(number=NUMBER)).money) == "100.000"
    assert str(against(Party(number="850900002")).money) == "50.000"
    applicant()
    assert against(Party(number=NUMBER)).is_repeated  # by the number that the account has now


def test_only_the_number_that_was_recorded_settles_it(application: Application) -> None:
    layla = application.applicant
    Person.objects.filter(pk=layla.pk).update(personal_number="850900003")
    theirs, others = against(Party(number=NUMBER)), against(Party(number="850900003"))
    named = contested(application, theirs.number)
    for violation, is_theirs in ((theirs, False), (others, True), (against(Party()), True)):
        named.answers = {"notice": violation.number}
        named.save(update_fields=["answers"])
        assert bool(fine_recorded(named)) is is_theirs
        assert (named in applications_of(violation)) is is_theirs


def test_a_party_is_recorded_on_the_page_and_a_number_that_is_none_is_told(
    yusuf: Client, mariam: Client, instrument: Instrument
) -> None:
    typed = typed_of(instrument) | {
        "number": "",
        "party-name": "حسن",
        "party-number": "12 34",
        "party-phone": "1",
    }
    bad = yusuf.post(at("record-violation"), typed)
    assert bad.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="حسن"' in bad.content.decode()
    kept = {"photos": "", "kept": bad.context["kept"]}
    made = yusuf.post(
        at("record-violation"), typed | kept | {"party-number": NUMBER, "party-phone": "36000009"}
    )
    page = mariam.get(made["Location"]).content.decode()
    for words in ("حسن", "*****0001", "+97336000009", "the person or company responsible is told"):
        assert words in page
    violation = Violation.objects.get()
    assert mariam.get(at("violation-notice", violation.pk)).status_code == HTTPStatus.NOT_FOUND
    mariam.post(at("act-on-violation", violation.pk, "approve"))
    assert "not sent yet" in mariam.get(made["Location"]).content.decode()
    told = text_of(mariam.get(at("violation-notice", violation.pk)))
    for words in (
        violation.number,
        "حسن",
        "*****0001",
        "40.000",
        "A trench 300 m further on.",
        "Pay or object",
    ):
        assert words in told


def test_a_withdrawn_violation_is_printed_as_one_that_asks_for_nothing(
    salem: Client, instrument: Instrument
) -> None:
    violation = confirmed(instrument)
    notice = at("violation-notice", violation.pk)
    assert "Pay or object" in text_of(salem.get(notice))
    withdraw(violation, "Wrong road.", by=acting("yusuf"), second=acting("mariam"), at=SUNDAY)
    told = text_of(salem.get(notice))
    assert "You have nothing to do" in told
    assert "Wrong road." in told
    assert "Pay or object" not in told


def test_its_page_leads_to_the_deposit_whose_forfeit_takes_the_reason_and_the_photos_along(
    salem: Client, yusuf: Client, instrument: Instrument, application: Application
) -> None:
    line = paid_deposit(application, 1)
    violation = confirmed(instrument)
    address = f"{at('deposit', line.pk)}?violation={violation.number}"
    assert address in salem.get(at("violation", violation.pk)).content.decode()
    assert address not in yusuf.get(at("violation", violation.pk)).content.decode()
    page = salem.get(address)
    assert violation.text in page.context["typed"]["reason"]
    assert len(page.context["kept"]) == violation.evidence.count()
    assert salem.get(f"{at('deposit', line.pk)}?violation=CAP-VN-1").context["typed"] == {}
    withdraw(violation, "Wrong road.", by=acting("yusuf"), second=acting("mariam"), at=SUNDAY)
    assert salem.get(address).context["typed"] == {}
