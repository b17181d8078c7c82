"""What a device gets of a visit: drawn pages within a bound, and what stands under the seal of the licence."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.web.desk.field_visit import MOST_PAGES
from tests.rooms.review import works
from tests.web.desk.conftest import SignIn, licensed, person
from tests.web.desk.test_file_viewer import of_pages

pytestmark = pytest.mark.django_db


def loaded(client: Client, application: Application) -> str:
    """The page of the visit of an application, as a device gets it."""
    answer = client.get(reverse("desk:field-visit", args=[application.inspections.get().pk]))
    return str(json.loads(answer.content)["html"])


def pages_in(page: str, file: object) -> int:
    """How many pages of a file the device is to keep."""
    return sum(
        f'<img\n          data-file="{reverse("desk:file-page", args=[file, number])}"' in page
        for number in range(1, 200)
    )


def test_all_pages_of_few_are_kept_and_of_many_the_first_of_each_file(
    visited: Application, yusuf: Client
) -> None:
    picture, short, long = visited.attachments.get(), of_pages(visited, 3), of_pages(visited, 40)
    page = loaded(yusuf, visited)
    kept = [pages_in(page, each.pk) for each in (picture, short, long)]
    assert kept == [1, 3, MOST_PAGES - 4]
    assert f"{40 - kept[2]} more pages, when you are online" in page
    assert page.count("more page") == 1


def test_the_licence_is_told_by_its_seal_in_its_newest_version_and_as_it_stands(
    visited: Application, yusuf: Client, salem: Client
) -> None:
    assert "typed-facts" not in loaded(yusuf, visited)
    first = licensed(visited)
    page = loaded(yusuf, visited)
    assert "In force" in page
    assert "Building 12, Road 1805, Block 318" in page
    later = works.submitted(visited.service_version, reference="CAP-2026-000002")
    amended = licensed(
        later,
        version=2,
        verification_code="Z" * 16,
        status_index=2,
        facts=first.intent.facts | {"4": [14, 1805, 318]},
        supersedes=first,
    )
    page = loaded(yusuf, visited)
    assert "Building 14, Road 1805, Block 318" in page
    assert "Building 12, Road 1805" not in page.partition("typed-facts")[2]
    danger = {"reason": "The trench is open.", "confirmed": "yes"}
    salem.post(reverse("desk:change-instrument", args=[amended.pk, "suspend"]), danger)
    assert "Suspended" in loaded(yusuf, visited)


def test_the_journal_says_what_a_device_was_given(visited: Application, yusuf: Client) -> None:
    licensed(visited)
    loaded(yusuf, visited)
    acts = list(JournalEntry.objects.filter(application=visited.pk).values_list("act", flat=True))
    assert {"load-visit", "see-attachment", "see-instrument"} <= set(acts)


def test_an_inspector_of_another_authority_gets_nothing(visited: Application, sign_in: SignIn) -> None:
    licensed(visited)
    stranger = sign_in(person("yusuf", works.authority("MUH", 2)))
    visit = visited.inspections.get()
    assert stranger.get(reverse("desk:field-visit", args=[visit.pk])).status_code == 404


def test_the_number_of_statements_grows_by_the_journal_alone(visited: Application, yusuf: Client) -> None:
    def statements() -> int:
        loaded(yusuf, visited)  # what is read once by the process, and safe copies that are made once
        with CaptureQueriesContext(connection) as sent:
            loaded(yusuf, visited)
            return sum("audit_journalentry" not in each["sql"] for each in sent.captured_queries)

    one = statements()
    for _number in range(5):
        of_pages(visited, 2)
    assert statements() == one
