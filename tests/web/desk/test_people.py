"""The data protection officer sees who looked at a person's data and why, at the own authority alone, and has what is
over erased by two."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Act, Stage
from rukhsa.audit.journal import record
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.models import Authority
from rukhsa.personal.models import DisputeHold, Erasure, ErasureOrder
from rukhsa.personal.order import carry_out_orders
from rukhsa.personal.purpose import give_purpose
from rukhsa.review.assignment import assign
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, person
from tests.web.desk.holdings import B

pytestmark = pytest.mark.django_db
NUMBER = "900000017"


def officer(name: str, at: Authority) -> Person:
    """A data protection officer."""
    made = works.staff(f"{name}.{at}@town.example", "", name.title(), Role.DATA_PROTECTION, at=at)
    Authenticator.objects.get_or_create(user=made, type=Authenticator.Type.TOTP, defaults={"data": {}})
    return made


@pytest.fixture
def looked_at(application: Application) -> Application:
    """Layla's application, in Salem's hand, opened by Mariam with a purpose."""
    Person.objects.filter(pk=application.applicant_id).update(personal_number=NUMBER)
    assign(application, works.act_as(person("salem", works.authority())), SUNDAY)
    mariam, at = works.act_as(person("mariam", works.authority())), timezone.now()
    give_purpose(application, "complaint", "The neighbour wrote to us.", actor=mariam, at=at)
    record("see-application", application, actor=mariam, at=at)
    return application


def asked(client: Client, number: str = NUMBER) -> str:
    return client.post(reverse("desk:people"), {"number": number}).content.decode()


def test_who_looked_and_why_is_found_by_the_personal_number(looked_at: Application, sign_in: SignIn) -> None:
    page = asked(sign_in(officer("dana", works.authority())))
    for words in (
        "Mariam Ali",
        "Viewed an application",
        "The neighbour wrote to us.",
        str(looked_at.reference),
    ):
        assert words in page
    entry = JournalEntry.objects.get(act="see-looks")
    assert entry.subject == str(looked_at.applicant_id)


def test_nothing_of_another_authority_is_shown(looked_at: Application, sign_in: SignIn) -> None:
    page = asked(sign_in(officer("amal", works.authority(B.code, B.ordinal))))
    assert "No one looked" in page
    for words in ("Mariam Ali", "The neighbour wrote to us.", str(looked_at.reference)):
        assert words not in page


def refused(application: Application) -> None:
    """End it as refused on that Sunday."""
    application.steps.create(
        act=Act.REFUSE, stage_before=Stage.SUBMITTED, stage_after=Stage.REFUSED, at=SUNDAY
    )
    past = SUNDAY - timedelta(days=366 * 20)
    Application.objects.filter(pk=application.pk).update(stage=Stage.REFUSED, saved_at=past)


def test_one_proposes_and_another_approves_and_it_is_erased(
    application: Application, sign_in: SignIn
) -> None:
    refused(application)
    dana, amal = (sign_in(officer(name, works.authority())) for name in ("dana", "amal"))
    said = {"case": application.reference, "reason": "She asked for it."}
    assert dana.post(reverse("desk:propose-erasure"), said).status_code == HTTPStatus.FOUND
    order = ErasureOrder.objects.get()
    own = dana.post(reverse("desk:act-on-erasure", args=[order.pk, "approve"]))
    assert own.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Erasure.objects.exists()
    assert "Approve and erase" in amal.get(reverse("desk:retention")).content.decode()
    amal.post(reverse("desk:act-on-erasure", args=[order.pk, "approve"]))
    erasure = Erasure.objects.get(application=application)
    assert (erasure.cause, erasure.why) == ("request", "She asked for it.")
    application.refresh_from_db()
    assert application.answers == {}


def test_a_dispute_is_kept_and_lifted_by_two_on_the_page(application: Application, sign_in: SignIn) -> None:
    dana, amal = (sign_in(officer(name, works.authority())) for name in ("dana", "amal"))
    day = timezone.localdate() + timedelta(days=90)
    said = {"held": application.reference.lower(), "ground": "court", "hold_reason": "A case in court."}
    for wrong in ("", "2020-01-01"):
        answer = dana.post(reverse("desk:propose-hold"), said | {"until": wrong})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "A case in court." in answer.content.decode()
    dana.post(reverse("desk:propose-hold"), said | {"until": str(day)})
    hold = DisputeHold.objects.get()
    assert (
        dana.post(reverse("desk:act-on-hold", args=[hold.pk, "approve"])).status_code
        == HTTPStatus.UNPROCESSABLE_ENTITY
    )
    amal.post(reverse("desk:act-on-hold", args=[hold.pk, "approve"]))
    dana.post(reverse("desk:act-on-hold", args=[hold.pk, "lift"]), {"reason": "The court has ruled."})
    assert "To be lifted" in amal.get(reverse("desk:retention")).content.decode()
    amal.post(reverse("desk:act-on-hold", args=[DisputeHold.objects.get(lifts=hold).pk, "approve"]))
    assert "No application is kept for a dispute." in dana.get(reverse("desk:retention")).content.decode()


def test_what_is_open_is_refused_with_the_reason(application: Application, sign_in: SignIn) -> None:
    dana, amal = (sign_in(officer(name, works.authority())) for name in ("dana", "amal"))
    dana.post(reverse("desk:propose-erasure"), {"case": application.reference, "reason": "She asked."})
    order = ErasureOrder.objects.get()
    answer = amal.post(reverse("desk:act-on-erasure", args=[order.pk, "approve"]))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "It is kept" in answer.content.decode()
    order.refresh_from_db()
    assert order.waits


def test_an_order_of_a_kind_is_carried_out_at_its_authority_alone(
    application: Application, sign_in: SignIn
) -> None:
    elsewhere = works.submitted(
        application.service_version, reference="MUH-2026-000002", of=works.authority(B.code, B.ordinal)
    )
    long_ago = timezone.now() - timedelta(days=366 * 6)
    for each in (application, elsewhere):
        each.steps.create(
            act=Act.REFUSE, stage_before=Stage.SUBMITTED, stage_after=Stage.REFUSED, at=long_ago
        )
        Application.objects.filter(pk=each.pk).update(stage=Stage.REFUSED, saved_at=long_ago)
    dana, amal = (sign_in(officer(name, works.authority())) for name in ("dana", "amal"))
    said = {"kind": "refused", "authority": "CAP", "reason": "Five years are over."}
    dana.post(reverse("desk:propose-erasure"), said)
    assert carry_out_orders(at=timezone.now()) == 0  # only proposed
    amal.post(reverse("desk:act-on-erasure", args=[ErasureOrder.objects.get().pk, "approve"]))
    assert carry_out_orders(at=timezone.now()) == 1
    assert carry_out_orders(at=timezone.now()) == 0
    assert list(Erasure.objects.values_list("application", flat=True)) == [application.pk]
