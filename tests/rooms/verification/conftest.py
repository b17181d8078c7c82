"""A paper document of Bahrain, and a sealed one of Spearfish that went through the whole cycle."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from rukhsa.authorities.models import Authority
from rukhsa.issuance.legacy.legacy_document import LegacyDocument, LegacyImport
from rukhsa.issuance.models import Instrument
from tests.rooms.issuance.legacy.conftest import SMALL, City, city

__all__ = ["city"]

AT = datetime(2020, 11, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def paper(db: None) -> LegacyDocument:
    """A licence that the Capital Secretariat wrote on paper in March 2019."""
    capital, _ = Authority.objects.get_or_create(code="CAP", defaults={"ordinal": 1})
    source = LegacyImport.objects.create(
        register="capital-road-works", authority=capital, file_digest="0" * 64, mapping_digest="0" * 64, at=AT
    )
    return LegacyDocument.objects.create(
        source=source,
        register="capital-road-works",
        row_number=2,
        number="RW/2019/118",
        service="road-works-licence",
        kind="Road works",
        holder="ليلى بنت أحمد الدوسري",
        place="Road 3402",
        issued="2019-03",
        raw={},
    )


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A released document with what is printed on it."""

    number: str
    code: str
    pdf: bytes
    instrument: Instrument


@pytest.fixture
def sealed(city: City) -> Sealed:
    """The first permit of the small register, issued with a seal."""
    city.read(SMALL)
    assert [done.code for done in city.reissue(limit=1)] == [""]
    instrument = Instrument.objects.select_related("intent").get()
    return Sealed(
        number=instrument.number,
        code=instrument.intent.verification_code,
        pdf=city.files[0].read_bytes(),
        instrument=instrument,
    )
