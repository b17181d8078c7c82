"""The desk shows what was submitted, and never what the applicant is changing; a resubmission marks its changes."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Attachment
from rukhsa.review.check import check
from rukhsa.review.finding import return_to_applicant
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import person, picture

pytestmark = pytest.mark.django_db
DRAWING = {"document": "drawing", "media_type": "image/png"}


@pytest.fixture
def returned(application: Application) -> Application:
    """Layla's application with its drawing, returned; she types 29 days and sends another drawing meanwhile."""
    old = application.attachments.get()
    Application.objects.filter(pk=application.pk).update(stage="returned")
    works.resubmit(application, at=SUNDAY)  # with the drawing
    salem = works.act_as(person("salem", works.authority()))
    check(application, "completeness", actor=salem, at=SUNDAY)
    works.asked(application, SUNDAY)
    return_to_applicant(application, [("days", "Fewer days")], actor=salem, at=SUNDAY + timedelta(hours=1))
    application.refresh_from_db()
    application.answers |= {"days": 29}
    application.save()
    old.removed_at = SUNDAY + timedelta(hours=2)
    old.save()
    attach(application, "better.png")
    return application


def attach(application: Application, name: str) -> Attachment:
    content = picture("blue")
    return Attachment.objects.create(
        application=application,
        name=name,
        digest=blobs.keep(content),
        size=len(content),
        added_by=application.applicant,
        added_at=SUNDAY + timedelta(hours=2),
        **DRAWING,
    )


def page_of(client: Client, application: Application) -> str:
    return client.get(reverse("desk:application", args=[application.pk])).content.decode()


def test_what_the_applicant_is_changing_is_not_shown(salem: Client, returned: Application) -> None:
    page = page_of(salem, returned)
    assert "route.png" in page
    assert "better.png" not in page
    assert ">5<" in page.replace(" ", "").replace("\n", "")
    assert "29" not in page.split('id="answer-days"')[1].split("</div>")[0]


def test_a_file_that_was_not_submitted_cannot_be_opened(salem: Client, returned: Application) -> None:
    old, new = (returned.attachments.get(name=name) for name in ("route.png", "better.png"))
    assert salem.get(reverse("desk:file", args=[old.pk])).status_code == HTTPStatus.OK
    assert salem.get(reverse("desk:file", args=[new.pk])).status_code == HTTPStatus.NOT_FOUND
    works.resubmit(returned, at=SUNDAY + timedelta(hours=3))
    assert salem.get(reverse("desk:file", args=[new.pk])).status_code == HTTPStatus.OK


def test_a_resubmission_marks_what_changed_with_what_it_was(salem: Client, returned: Application) -> None:
    works.resubmit(returned, at=SUNDAY + timedelta(hours=3))
    page = page_of(salem, returned)
    line = page.split('id="answer-days"')[1].split("</div>")[0]
    assert "is-changed" in line
    assert "<del>" in line
    assert "29" in line
    assert page.count("is-changed") == 1  # nothing else changed
    drawing = page.split('id="document-drawing"')[1].split("</section>")[0]
    assert drawing.index("better.png") < drawing.index("route.png")  # both are there to compare
    assert drawing.count("data-file") == 2


@pytest.mark.parametrize("stage", ["withdrawn", "lapsed"])
def test_an_application_that_ends_while_returned_keeps_what_was_submitted(
    salem: Client, returned: Application, stage: str
) -> None:
    Application.objects.filter(pk=returned.pk).update(stage=stage)
    assert "better.png" not in page_of(salem, returned)


def test_an_agency_sees_what_was_submitted_too(noor: Client, returned: Application) -> None:
    question = returned.referrals.get(agency="ewa")
    page = noor.get(reverse("desk:referral", args=[question.pk])).content.decode()
    assert "better.png" not in page
    assert "route.png" in page


def test_the_case_shows_what_the_system_checked_and_the_other_cases_of_its_applicant(
    salem: Client, application: Application
) -> None:
    other = works.submitted(application.service_version, reference="CAP-2026-000777-K")
    page = salem.get(reverse("desk:application", args=[application.pk])).content.decode()
    assert "Identity from eKey" in page
    assert reverse("desk:application", args=[other.pk]) in page.partition("Other cases")[2]
    assert page.count("CAP-2026-000777-K") >= 1
