"""A document that the gate refuses is shown at the desk, and issued once its template is corrected."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rukhsa import journey
from rukhsa.authorities.models import Authority
from rukhsa.issuance.compose import TEMPLATE
from rukhsa.issuance.errors import ReleaseRefused
from rukhsa.issuance.models import Instrument, Intent, LogLeaf, SignedFile, Stall
from rukhsa.payments.models import Charge, Receipt
from tests.rooms.issuance.conftest import TERRITORY, Grant
from tests.web.desk.conftest import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def template(town: datetime, tmp_path: Path, settings: Settings) -> Path:
    """The territory's own template, which prints codes too small."""
    folder = tmp_path / "bahrain"
    shutil.copytree(TERRITORY, folder)
    (folder / "documents").mkdir()
    settings.RUKHSA_TERRITORY = folder
    own = folder / "documents/instrument.typ"
    own.write_text(TEMPLATE.read_text().replace("page-of.qr_side * 1mm", "page-of.qr_side * 0.9mm"))
    return own


def test_a_document_that_would_not_be_read_waits_at_the_desk_until_its_template_is_mended(
    granted: Grant, town: datetime, template: Path
) -> None:
    application = granted()
    for _ in range(2):
        with pytest.raises(ReleaseRefused, match="qr-too-fine"):
            journey.advance(application.pk, at=town)

    # Nothing of the file was kept or logged; the seal, the number and the money stay.
    assert not SignedFile.objects.exists()
    assert not Instrument.objects.exists()
    assert set(LogLeaf.objects.filter(intent__isnull=False).values_list("kind", flat=True)) == {"seal"}
    assert Receipt.objects.filter(charge__application=application).count() == 1
    assert [stall.code for stall in Stall.objects.open()] == ["qr-too-fine"]
    number = Intent.objects.get().number

    salem = Client(headers={"accept": "text/html"})
    salem.force_login(person("salem", application.authority))
    salem.post(
        reverse("desk:purpose", args=[application.pk]),
        {"kind": "supervision", "words": "Why it was not issued"},
    )
    for language, words in (("en", "Tell the engineer to correct the template"), ("ar", "لتصحيح قالب")):
        salem.cookies["rukhsa-language"] = language
        for where in (reverse("desk:stalled"), reverse("desk:application", args=[application.pk])):
            page = salem.get(where).content.decode()
            assert words in page
            assert "qr-too-fine" in page

    shutil.copy(TEMPLATE, template)
    journey.advance(application.pk, at=town)
    assert Instrument.objects.get().number == number
    assert LogLeaf.objects.filter(intent__isnull=False, kind="file").count() == 1
    assert Charge.objects.filter(application=application).count() == 1
    assert not Stall.objects.open().exists()
    salem.cookies["rukhsa-language"] = "en"
    assert "No documents are stalled." in salem.get(reverse("desk:stalled")).content.decode()


def test_what_is_stalled_elsewhere_is_not_seen(granted: Grant, town: datetime, template: Path) -> None:
    application = granted()
    with pytest.raises(ReleaseRefused):
        journey.advance(application.pk, at=town)
    elsewhere = Client(headers={"accept": "text/html"})
    elsewhere.cookies["rukhsa-language"] = "en"
    elsewhere.force_login(person("salem", Authority.objects.exclude(pk=application.authority_id)[0]))
    page = elsewhere.get(reverse("desk:stalled")).content.decode()
    assert "No documents are stalled." in page
    assert application.reference not in page
