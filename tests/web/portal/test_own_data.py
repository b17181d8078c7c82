"""A person has the own data made as a file and downloads it after a sign-in of the last minutes, and no other does."""

import io
import json
import zipfile
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.correspondence.conversation import write_as_applicant
from rukhsa.personal.data_export import KEPT, make_export
from rukhsa.personal.models import DataExport
from tests import applicants
from tests.rooms.review.works import SUNDAY

pytestmark = pytest.mark.django_db
MAKE, FILE, PAGE = "/own/data/make", "/own/data/file", "/own/data"


def made(browser: Client) -> DataExport:
    """The file that the person of a browser asks for, made."""
    assert applicants.proved(browser).post(MAKE)["Location"] == PAGE
    export = DataExport.objects.get()
    make_export(export=str(export.pk))
    export.refresh_from_db()
    return export


def test_own_data_is_one_file_with_answers_files_and_messages(
    browser: Client, submitted: Application
) -> None:
    layla = applicants.acting(submitted.applicant)
    write_as_applicant(submitted, "سؤال", actor=layla, at=SUNDAY)
    record("see-application", submitted, actor=applicants.acting(applicants.salem()), at=SUNDAY)
    made(browser)
    answer = browser.post(FILE)
    assert "no-store" in answer["Cache-Control"]
    content = answer.getvalue()
    assert int(answer["Content-Length"]) == len(content)
    archive = zipfile.ZipFile(io.BytesIO(content))
    told = json.loads(archive.read("data.json"))
    assert (told["format"], told["looks"][0]["role"]) == ("rukhsa-own-data/1", "Officer")
    assert (submitted.reference or "") in archive.read("data.html").decode()
    [application] = told["applications"]
    assert application["reference"] == submitted.reference
    assert application["messages"][0]["text"] == "سؤال"
    assert sum(name.startswith("files/") for name in archive.namelist()) == 1


def test_the_page_says_how_far_it_is_and_until_when_it_is_kept(
    browser: Client, submitted: Application
) -> None:
    assert "Make the file" in browser.get(PAGE).content.decode()
    applicants.proved(browser).post(MAKE)
    page = browser.get(PAGE).content.decode()
    assert "We are making your file" in page
    assert '<progress max="1" value="0"' in page
    make_export(export=str(DataExport.objects.get().pk))
    assert "Your file is ready" in browser.get(PAGE).content.decode()


@pytest.mark.parametrize("address", [MAKE, FILE])
def test_the_file_is_made_and_taken_after_a_sign_in_of_the_last_minutes_alone(
    address: str, browser: Client, submitted: Application
) -> None:
    made(browser)
    DataExport.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    for ago in (timedelta(minutes=6), timedelta(minutes=-2)):
        applicants.proved(browser, at=timezone.now() - ago)
        answer = browser.post(address, headers={"referer": f"http://testserver{PAGE}"})
        assert answer["Location"] == "/sign-in/again?next=%2Fown%2Fdata"
    asking = browser.get(answer["Location"]).content.decode()
    assert 'name="again" value="1"' in asking
    assert "/capacity?next=%2Fown%2Fdata" in asking
    before = DataExport.objects.get()
    applicants.proved(browser)
    answer = browser.post(address)
    if address == FILE:
        assert answer["Content-Type"] == "application/zip"
    else:
        assert DataExport.objects.get() != before


def test_another_person_gets_nothing_of_it(browser: Client, submitted: Application) -> None:
    export = made(browser)
    other = applicants.proved(applicants.signed_in(applicants.neighbour()))
    answer = other.post(FILE, {"export": str(export.pk)})
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, PAGE)
    assert "Your file is ready" not in other.get(PAGE).content.decode()
    other.post(MAKE)
    theirs = DataExport.objects.exclude(pk=export.pk).get()
    make_export(export=str(theirs.pk))
    archive = zipfile.ZipFile(io.BytesIO(other.post(FILE).getvalue()))
    assert json.loads(archive.read("data.json"))["applications"] == []
    assert not any(name.startswith("files/") for name in archive.namelist())


def test_after_a_day_it_is_not_given_out(browser: Client, submitted: Application) -> None:
    export = made(browser)
    DataExport.objects.filter(pk=export.pk).update(ready_at=timezone.now() - KEPT)
    assert browser.post(FILE)["Location"] == PAGE
    page = browser.get(PAGE).content.decode()
    assert "Your file is ready" not in page
    assert "Make the file" in page
