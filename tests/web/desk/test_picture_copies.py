"""A photo with its place in it is shown without it by every door, and the original stays byte for byte."""

import hashlib
import zipfile
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from rukhsa.applications import blobs
from rukhsa.applications.models import Application, PictureCopy
from rukhsa.applications.picture import copy_of, keep_picture
from rukhsa.applications.taken import take
from rukhsa.audit.models import JournalEntry
from rukhsa.correspondence.conversation import write_as_applicant, write_as_authority
from rukhsa.issuance.models import Instrument
from rukhsa.payments.models import DepositMovement, Forfeiture
from rukhsa.personal.erasure import delete_left_over
from rukhsa.personal.own_data import DataSubject, write_to
from rukhsa.personal.violation_erasure import erase_violation
from rukhsa.review.inspection import InspectionReport
from rukhsa.review.sitting import Minutes, Sitting
from rukhsa.trust.printed import look_at
from rukhsa.violations.violation import Violation, confirm_violation, record_violation
from tests.rooms.personal.test_violations_and_people_erased import LATER, TEN
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, paid_deposit
from tests.web.desk.fined import withdraw
from tests.web.desk.test_violations import acting, at, seen, typed_of

pytestmark = pytest.mark.django_db
_GPS, _MAKE, _ORIENTATION = 0x8825, 0x010F, 0x0112


def telephone() -> bytes:
    """A photo of a telephone held upright: lying in the file, red above once it is turned, with its place."""
    exif = Image.Exif()
    exif[_MAKE], exif[_ORIENTATION] = "A telephone", 6
    exif[_GPS] = {1: "N", 2: (26.0, 13.0, 24.6), 3: "E", 4: (50.0, 35.0, 15.0)}
    lying = Image.new("RGB", (64, 48), "white")
    lying.paste("red", (0, 0, 32, 48))  # the left side of the file is the top of the picture
    written = BytesIO()
    lying.save(written, "JPEG", quality=95, exif=exif.tobytes())
    return written.getvalue()


def uploaded() -> SimpleUploadedFile:
    return SimpleUploadedFile("trench.jpg", telephone(), "image/jpeg")


def bytes_of(answer: HttpResponse | FileResponse) -> bytes:
    assert answer.status_code == HTTPStatus.OK
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]


def require_bare(content: bytes) -> None:
    """It is the picture, upright, and carries neither place nor device."""
    shown = Image.open(BytesIO(content))
    assert dict(shown.getexif()) == {}
    assert "exif" not in shown.info
    assert b"telephone" not in content
    assert shown.size == (48, 64)
    red, _green, blue = shown.convert("RGB").getpixel((24, 8))  # type: ignore[misc]
    assert red > 200 > 100 > blue, "it stands as it was held"


def test_the_photo_of_a_violation_has_no_place_for_the_desk_and_for_its_party(
    yusuf: Client, mariam: Client, instrument: Instrument, application: Application, sign_in: SignIn
) -> None:
    yusuf.post(at("record-violation"), typed_of(instrument) | {"photos": uploaded()})
    violation = Violation.objects.get()
    digest = violation.evidence.get().digest
    assert blobs.fetch(digest) == telephone()
    door = at("violation-photo", violation.pk, digest)
    require_bare(bytes_of(mariam.get(door)))
    mariam.post(at("act-on-violation", violation.pk, "approve"))
    mine = sign_in(application.applicant)
    require_bare(
        bytes_of(mine.get(reverse("portal:violation-photo", args=[violation.pk, digest]) + "?original"))
    )
    page = mariam.get(at("violation", violation.pk)).content.decode()
    assert "Download it only as evidence" in page
    assert f"{door}?original" in page
    sent = mariam.get(door + "?original")
    assert bytes_of(sent) == telephone()
    assert sent["Content-Disposition"].startswith("attachment")
    assert JournalEntry.objects.filter(act="see-original", subject=str(violation.pk)).count() == 1


def test_the_notice_names_the_photo_and_its_copy_and_has_neither_in_it(
    mariam: Client, instrument: Instrument
) -> None:
    digest = keep_picture(telephone())
    found = seen(photos=[digest])
    made = record_violation(found, authority="CAP", instrument=instrument, actor=acting("yusuf"), at=SUNDAY)
    violation = confirm_violation(made, actor=acting("mariam"), at=SUNDAY)
    notice = bytes_of(mariam.get(at("violation-notice", violation.pk)))
    told = "".join(look_at(notice).text.split())
    assert digest in told
    assert PictureCopy.objects.get().shown_digest in told
    assert b"telephone" not in notice


def test_what_was_kept_of_a_deposit_is_shown_without_its_place(
    mariam: Client, salem: Client, application: Application, sign_in: SignIn
) -> None:
    line = paid_deposit(application, 1)
    typed = {"amount": "20.000", "reason": "The kerb is broken.", "seen": "1-0", "photos": uploaded()}
    salem.post(at("forfeit", line.pk), typed)
    asked = Forfeiture.objects.get()
    door = at("deposit-photo", line.pk, asked.photos[0])
    require_bare(bytes_of(mariam.get(door)))
    assert f"{door}?original" in mariam.get(at("deposit", line.pk)).content.decode()
    assert bytes_of(mariam.get(door + "?original")) == telephone()
    mariam.post(at("act-on-forfeiture", asked.pk, "approve"))
    movement = DepositMovement.objects.get(forfeiture=asked)
    theirs = reverse("portal:deposit-photo", args=[movement.pk, asked.photos[0]])
    require_bare(bytes_of(sign_in(application.applicant).get(theirs)))


def test_the_photo_of_a_visit_is_shown_without_its_place(
    yusuf: Client, salem: Client, visited: Application
) -> None:
    told = {"passed": "no", "text": "Mark it.", "point-marked": "no", "point-clear": "yes"}
    yusuf.post(at("inspection", visited.inspections.get().pk), told | {"photos": uploaded()})
    report = InspectionReport.objects.get()
    door = at("photo", report.pk, report.photos[0])
    require_bare(bytes_of(yusuf.get(door)))
    assert bytes_of(yusuf.get(door + "?original")) == telephone()


def test_a_picture_in_a_message_has_no_place_for_the_other_side_and_its_own_for_its_sender(
    salem: Client, application: Application, sign_in: SignIn
) -> None:
    officer, applicant = acting("salem"), works.act_as(application.applicant)
    hers = write_as_applicant(
        application, "Here.", [take(ContentFile(telephone(), name="a.jpg"))], actor=applicant, at=SUNDAY
    )
    ours = write_as_authority(
        application, "There.", [take(ContentFile(telephone(), name="b.jpg"))], actor=officer, at=SUNDAY
    )
    door = "portal:enclosure"
    mine = sign_in(application.applicant)
    require_bare(bytes_of(mine.get(reverse(door, args=[ours.enclosures.get().pk]))))
    assert bytes_of(mine.get(reverse(door, args=[hers.enclosures.get().pk]))) == telephone()
    require_bare(bytes_of(salem.get(at("enclosure", hers.enclosures.get().pk))))


def test_minutes_that_were_photographed_are_shown_without_their_place(
    salem: Client, visited: Application
) -> None:
    officer = acting("salem").person
    sitting = Sitting.objects.create(
        authority=works.authority(), committee="building", held_on=SUNDAY.date(), convened_by=officer, at=SUNDAY
    )  # fmt: skip
    written = Minutes.objects.create(
        sitting=sitting, application=visited, digest=blobs.keep(telephone()), media_type="image/jpeg",
        file_name="minutes.jpg", written_by=officer, at=SUNDAY,
    )  # fmt: skip
    require_bare(bytes_of(salem.get(at("minutes", written.pk))))
    assert bytes_of(salem.get(at("minutes", written.pk) + "?original")) == telephone()


def test_the_file_of_ones_own_data_has_the_copies_of_the_evidence(
    instrument: Instrument, application: Application
) -> None:
    digest = keep_picture(telephone())
    made = record_violation(
        seen(photos=[digest]), authority="CAP", instrument=instrument, actor=acting("yusuf"), at=SUNDAY
    )
    confirm_violation(made, actor=acting("mariam"), at=SUNDAY)
    archive = BytesIO()
    write_to(archive, DataSubject(person=application.applicant), at=timezone.now(), said=lambda _count: None)
    with zipfile.ZipFile(archive) as written:
        [name] = [each for each in written.namelist() if each.startswith("violations/")]
        require_bare(written.read(name))


def test_a_photo_that_is_older_than_copies_is_copied_when_it_is_looked_at(
    mariam: Client, instrument: Instrument
) -> None:
    digest = blobs.keep(telephone())  # as photos were kept before
    made = record_violation(
        seen(photos=[digest]), authority="CAP", instrument=instrument, actor=acting("yusuf"), at=SUNDAY
    )
    for _look in range(2):
        require_bare(bytes_of(mariam.get(at("violation-photo", made.pk, digest))))
    assert PictureCopy.objects.get().digest == digest


def test_a_copy_goes_with_its_original_and_stays_while_another_row_holds_it(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    digest = keep_picture(telephone())
    shown = copy_of(digest).shown_digest
    first, second = (withdrawn(digest) for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        erase_violation(first, **TEN, at=LATER)  # type: ignore[arg-type]
    assert blobs.fetch(digest) == telephone()
    require_bare(blobs.fetch(shown))
    with django_capture_on_commit_callbacks(execute=True):
        erasure = erase_violation(second, **TEN, at=LATER)  # type: ignore[arg-type]
    for gone in (digest, shown):
        with pytest.raises(FileNotFoundError):
            blobs.fetch(gone)
    assert not PictureCopy.objects.exists()
    # A kill after the original was deleted and before its copy was.
    PictureCopy.objects.create(digest=digest, shown_digest=blobs.keep(b"left over"))
    delete_left_over([erasure])
    with pytest.raises(FileNotFoundError):
        blobs.fetch(blobs_left_over())
    assert not PictureCopy.objects.exists()


def blobs_left_over() -> str:
    """The digest of the copy that a kill left."""
    return hashlib.sha256(b"left over").hexdigest()


def withdrawn(digest: str) -> Violation:
    """A violation with a photo, confirmed and withdrawn."""
    made = record_violation(
        seen(photos=[digest]), authority="CAP", instrument=None, actor=acting("yusuf"), at=SUNDAY
    )
    violation = confirm_violation(made, actor=acting("mariam"), at=SUNDAY)
    withdraw(
        violation, "Wrong road.", by=acting("yusuf"), second=acting("mariam"), at=SUNDAY + timedelta(days=1)
    )
    return violation
