"""An officer sees what a newer process changes, and has the application follow it, with a reason."""

from http import HTTPStatus

from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from tests.rooms.review import works


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
    assert (refused.status_code, "Say why" in refused.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    assert salem.post(page, {"reason": "قرار إداري"}).status_code == HTTPStatus.FOUND
    moved = Application.objects.get(pk=referred.pk)
    assert (moved.service_version.number, moved.process_version and moved.process_version.number) == (1, 2)
    assert [step.id for step in moved.checks.all()] == [
        step.id for step in referred.checks.all()
    ]  # done stays done
    assert "قرار إداري" in salem.get(page).text
    assert page not in salem.get(case).text
