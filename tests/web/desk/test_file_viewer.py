"""A file page by page, as safe pictures, with the notes of officers at their places, and no one else's eyes on them."""

import io
from http import HTTPStatus

import pikepdf
from django.test import Client
from django.urls import reverse

from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Attachment
from rukhsa.review.note import Note
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, person


def at(name: str, *args: object) -> str:
    return reverse(f"desk:{name}", args=args)


def of_pages(application: Application, pages: int) -> Attachment:
    """A PDF of so many pages, attached as the plan."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(300, 400))
    out = io.BytesIO()
    document.save(out)
    content = out.getvalue()
    return Attachment.objects.create(
        application=application,
        document="drawing",
        name="plan.pdf",
        digest=blobs.keep(content),
        media_type="application/pdf",
        size=len(content),
        added_by=application.applicant,
        added_at=SUNDAY,
    )


def test_each_page_of_a_file_is_a_picture_in_a_list(salem: Client, application: Application) -> None:
    file = of_pages(application, 3)
    page = salem.get(at("view-file", file.pk)).content.decode()
    assert [at("file-page", file.pk, number) in page for number in (1, 2, 3, 4)] == [True, True, True, False]
    answer = salem.get(at("file-page", file.pk, 3))
    assert (answer["Content-Type"], answer.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert salem.get(at("file-page", file.pk, 4)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert at("view-file", file.pk) in salem.get(at("application", application.pk)).content.decode()


def test_a_picture_is_a_file_of_one_page(salem: Client, application: Application) -> None:
    file = application.attachments.get()
    assert salem.get(at("view-file", file.pk)).content.count(b"data-sheet") == 1
    assert salem.get(at("file-page", file.pk, 1))["Content-Type"] == "image/jpeg"


def test_a_note_stands_at_its_place_of_a_page_and_beside_the_case(
    salem: Client, application: Application
) -> None:
    file = of_pages(application, 2)
    where = at("note-on-file", file.pk)
    told = {"page": "2", "x": "250", "y": "750", "note": "The wall is not drawn."}
    assert salem.post(where, told)["Location"].endswith("#page-2")
    salem.post(where, told)
    note = Note.objects.get()
    assert (note.attachment, note.page, note.x, note.y) == (file, 2, 250, 750)
    assert 'data-x="250" data-y="750"' in salem.get(at("view-file", file.pk)).content.decode()
    assert "On page 2 of" in salem.get(at("application", application.pk)).content.decode()
    salem.post(where, {"page": "1", "x": "9999", "y": "", "note": "Unclear"})
    assert list(Note.objects.values_list("page", "x", "y")) == [(2, 250, 750), (1, None, None)]
    assert salem.post(where, {"page": "1", "note": " "}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_an_agency_sees_the_pages_and_no_note(salem: Client, sign_in: SignIn, referred: Application) -> None:
    file = referred.attachments.get()
    salem.post(at("note-on-file", file.pk), {"page": "1", "note": "Ask them about the pole."})
    noor = sign_in(person("noor", works.agency()))
    page = noor.get(at("view-file", file.pk))
    assert page.status_code == HTTPStatus.OK
    assert b"the pole" not in page.content
    assert noor.post(at("note-on-file", file.pk), {"note": "x"}).status_code == HTTPStatus.FORBIDDEN
