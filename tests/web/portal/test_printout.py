"""The whole application as a PDF: everything its applicant sees, in the reader's language, and who may have it."""

import io

import pikepdf
import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.places.geometry import parse_line
from rukhsa.review.finding import Finding, return_to_applicant
from rukhsa.web.printout import plain
from rukhsa.web.templatetags.texts import code
from tests import applicants
from tests.rooms.review import works
from tests.web.desk.test_drawn import ROUTE, with_route

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned(browser: Client, complete: Application) -> Application:
    """Layla's application, returned because of the building and answered in words."""
    browser.post(f"/applications/{complete.pk}/review")
    salem = applicants.acting(applicants.salem())
    return_to_applicant(
        complete, [("home", "No such building \N{GRINNING FACE}")], actor=salem, at=timezone.now()
    )
    reply = {f"reply.{Finding.objects.get().pk}": "It was built last year."}
    browser.post(f"/applications/{complete.pk}/review", reply)
    complete.refresh_from_db()
    return complete


def words_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    told = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(told.split())


def downloaded(browser: Client, application: Application, name: str = "portal:printout") -> bytes:
    answer = browser.get(reverse(name, args=[application.pk]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert answer.streaming
    return bytes(answer.getvalue())


def test_it_has_everything_that_its_applicant_sees(browser: Client, returned: Application) -> None:
    told = words_of(downloaded(browser, returned))
    digest = returned.attachments.get().digest
    for expected in (
        returned.reference,
        "It is not a licence",
        "What is the address of your home?",
        "Road 1705",
        "card.png",
        digest[:8],
        digest[-8:],
        "No such building",
        "[U+1F600]",
        "It was built last year.",
        "Layla Hasan",
        "You wrote",
    ):
        assert expected in told, expected


def test_it_is_tagged_and_speaks_the_language_of_the_reader(returned: Application) -> None:
    for language, title in (("en", "Application"), ("ar", "طلب")):
        content = downloaded(applicants.signed_in(returned.applicant, language=language), returned)
        with pikepdf.open(io.BytesIO(content)) as document:
            assert str(document.Root.Lang) == language
            assert bool(document.Root.MarkInfo.Marked)
            assert title in str(document.docinfo["/Title"])


def test_another_applicant_finds_none(returned: Application) -> None:
    stranger = applicants.signed_in(applicants.neighbour())
    assert stranger.get(reverse("portal:printout", args=[returned.pk])).status_code == 404


def test_an_officer_of_the_authority_has_it_and_the_journal_says_so(returned: Application) -> None:
    salem = applicants.signed_in(applicants.salem())
    assert "What is the address" in words_of(downloaded(salem, returned, "desk:printout"))
    assert JournalEntry.objects.filter(act="print-application", subject=str(returned.pk)).count() == 1


def test_what_was_drawn_stands_in_it_as_a_picture(db: None) -> None:
    drawn = works.submitted(works.publish(with_route(works.works())), route=parse_line(ROUTE))
    plainly = works.submitted(works.publish(works.works()), reference="CAP-2026-000002")
    browser = applicants.signed_in(drawn.applicant)
    assert len(paths_of(downloaded(browser, drawn))) > len(paths_of(downloaded(browser, plainly)))


def paths_of(content: bytes) -> list[object]:
    document = pypdfium2.PdfDocument(content)
    return [each for page in document for each in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH])]


def test_words_of_a_page_keep_what_is_isolated() -> None:
    assert plain(code("A-1")) == "\u2066A-1\u2069"
    assert plain("a <b> & c") == "a <b> & c"
