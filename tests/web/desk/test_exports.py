"""The data protection officer has a person's data made as a file, with a purpose and a fresh proof, and takes it."""

import io
import json
import zipfile
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.personal.data_export import make_export
from rukhsa.personal.models import DataExport
from tests import proved
from tests.rooms.review import works
from tests.web.desk.conftest import SignIn, person
from tests.web.desk.holdings import B
from tests.web.desk.test_people import NUMBER, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(application: Application) -> dict[str, str]:
    """The form for Layla's data."""
    Person.objects.filter(pk=application.applicant_id).update(personal_number=NUMBER)
    return {"number": NUMBER, "authority": works.authority().code, "purpose": "person"}


@pytest.fixture
def dana(application: Application, sign_in: SignIn) -> Client:
    """The browser of the data protection officer."""
    return sign_in(person("dana", works.authority()))


def test_an_officer_has_it_made_and_takes_it(
    dana: Client, said: dict[str, str], application: Application
) -> None:
    assert "No file is kept" in dana.get(reverse("desk:exports")).content.decode()
    assert dana.post(reverse("desk:make-export"), said)["Location"] == reverse("desk:exports")
    export = DataExport.objects.get()
    assert "<progress" in dana.get(reverse("desk:exports")).content.decode()
    gone = dana.post(reverse("desk:take-export"), {"export": str(export.pk)})
    assert gone.status_code == HTTPStatus.NOT_FOUND
    make_export(export=str(export.pk))
    assert "Download (ZIP)" in dana.get(reverse("desk:exports")).content.decode()
    answer = dana.post(reverse("desk:take-export"), {"export": str(export.pk)})
    told = json.loads(zipfile.ZipFile(io.BytesIO(answer.getvalue())).read("data.json"))
    assert [each["reference"] for each in told["applications"]] == [application.reference]
    assert "no-store" in answer["Cache-Control"]
    assert JournalEntry.objects.filter(act="export-person").count() == 1


@pytest.mark.parametrize("change", [{"purpose": ""}, {"number": "900000099"}])
def test_without_a_purpose_or_for_a_person_who_is_not_here_nothing_is_made(
    dana: Client, said: dict[str, str], change: dict[str, str]
) -> None:
    answer = dana.post(reverse("desk:make-export"), said | change)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'role="alert"' in answer.content.decode()
    assert not DataExport.objects.exists()


def test_a_proof_that_is_old_makes_and_takes_nothing(dana: Client, said: dict[str, str]) -> None:
    dana.post(reverse("desk:make-export"), said)
    export = DataExport.objects.get()
    make_export(export=str(export.pk))
    proved.prove(dana, person("dana", works.authority()), ago=301)
    for route, form in (("make-export", said), ("take-export", {"export": str(export.pk)})):
        answer = dana.post(reverse(f"desk:{route}"), form)
        assert answer["Location"].startswith("/desk/sign-in/again")
    assert DataExport.objects.get() == export
    assert not JournalEntry.objects.filter(act="export-person").exists()


def test_neither_a_colleague_nor_another_authority_reaches_it(
    dana: Client, said: dict[str, str], sign_in: SignIn
) -> None:
    dana.post(reverse("desk:make-export"), said)
    export = DataExport.objects.get()
    make_export(export=str(export.pk))
    b = works.authority(B.code, B.ordinal)
    for client in (sign_in(officer("amal", works.authority())), sign_in(person("dana", b))):
        answer = client.post(reverse("desk:take-export"), {"export": str(export.pk)})
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert "No file is kept" in client.get(reverse("desk:exports")).content.decode()
    elsewhere = sign_in(person("dana", b)).post(reverse("desk:make-export"), said)
    assert elsewhere.status_code == HTTPStatus.NOT_FOUND
    assert DataExport.objects.get() == export
