"""Four blocks of two authorities."""

import pytest

from rukhsa.authorities.models import Authority
from rukhsa.places.models import Block


@pytest.fixture
def blocks(db: None) -> None:
    """Blocks 304 and 317 of the Capital, 203 and 205 of Muharraq."""
    for ordinal, (code, numbers) in enumerate({"CAP": (304, 317), "MUH": (203, 205)}.items(), 1):
        authority = Authority.objects.create(code=code, ordinal=ordinal)
        for number in numbers:
            Block.objects.create(number=number, authority=authority, area_ar="المنامة", area_en="Manama")
