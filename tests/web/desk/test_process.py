"""An officer sees what a newer process changes, and moves the application to it, with a reason."""

from http import HTTPStatus

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.review import plan
from rukhsa.review.newer_process import Dropped
from rukhsa.review.queue import WaitingReferral
from rukhsa.review.referral import Opinion, Referral
from tests.rooms.review import works


def test_what_is_no_step_any_more_is_dropped_with_the_reason_and_asked_anew_when_it_comes_back(
    salem: Client, noor: Client, referred: Application
) -> None:
    asked = Referral.objects.get(application=referred, agency="ewa")
    page, case = reverse("desk:process", args=[referred.pk]), reverse("desk:application", args=[referred.pk])
    works.publish(works.works(works.CHECK, works.BY_OFFICER))
    assert salem.post(page, {"reason": "لا حاجة إلى رأي الجهات"}).status_code == HTTPStatus.FOUND
    assert not Referral.objects.open().exists()
    assert not WaitingReferral.objects.exists()
    told = salem.get(case).text
    assert told.count("Agency no longer asked: the process has no such step") == Dropped.objects.count() == 2
    assert "لا حاجة إلى رأي الجهات" in told
    question = reverse("desk:referral", args=[asked.pk])
    assert "no longer needs this answer" in noor.get(question).text
    late = noor.post(question, {"answer": "no-objection", "text": ""})
    assert late.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Opinion.objects.exists()
    assert plan.missing_before_decision(plan.steps(Application.objects.get(pk=referred.pk))) == []
    works.publish(works.works(works.CHECK, works.EWA, works.BY_OFFICER))
    salem.post(page, {"reason": "عاد الرأي لازمًا"})
    (again,) = works.asked(referred, timezone.now())
    assert (again.step, again.number) == ("ewa", 2)
    assert again in Referral.objects.open()


def test_an_application_follows_the_newer_process_once_its_difference_was_shown(
    salem: Client, referred: Application
) -> None:
    page = reverse("desk:process", args=[referred.pk])
    case = reverse("desk:application", args=[referred.pk])
    assert "no newer process" in salem.get(page).text
    assert page not in salem.get(case).text
    slower = works.EWA | {"within": "9 working days"}
    works.publish(works.works(works.CHECK, slower, works.BY_OFFICER))
    assert page in salem.get(case).text
    shown = salem.get(page).text
    assert "its time limit changes from 3 working days to 9 working days" in shown
    refused = salem.post(page, {"reason": " "})
    assert (refused.status_code, "Enter why" in refused.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    assert salem.post(page, {"reason": "قرار إداري"}).status_code == HTTPStatus.FOUND
    moved = Application.objects.get(pk=referred.pk)
    assert (moved.service_version.number, moved.process_version and moved.process_version.number) == (1, 2)
    assert [step.id for step in moved.checks.all()] == [
        step.id for step in referred.checks.all()
    ]  # done stays done
    assert "قرار إداري" in salem.get(page).text
    assert page not in salem.get(case).text
