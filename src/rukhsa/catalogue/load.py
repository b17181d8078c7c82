"""Brings a territory into the database: authorities, offices, agencies and blocks, as often as one likes."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from rukhsa.authorities.models import Agency, Authority, AuthorityName, Office
from rukhsa.catalogue.blocks import read_blocks
from rukhsa.catalogue.boundaries import read_boundaries
from rukhsa.catalogue.territory import Territory, read_territory
from rukhsa.places.models import Block


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """How many rows of each kind stand in the files."""

    authorities: int
    offices: int
    agencies: int
    blocks: int


@transaction.atomic
def load(folder: Path) -> Loaded:
    """Write the territory's rows, all or none; a second time changes only what changed in the files.

    Nothing is deleted: an authority or an agency that left the file keeps its row. DefinitionRefused names bad rows.
    """
    territory = read_territory(folder)
    blocks = read_blocks(folder, territory)
    read_boundaries(folder, territory)  # a file that cannot be read is told now, and not to an applicant
    for authority in territory.authorities:
        row, _ = Authority.objects.update_or_create(
            code=authority.code, defaults={"ordinal": authority.ordinal}
        )
        for name in authority.names:
            AuthorityName.objects.update_or_create(
                authority=row, valid_from=name.from_, defaults={"ar": name.name.ar, "en": name.name.en}
            )
        _offices(row, territory)
    for code, agency in territory.agencies.items():
        Agency.objects.update_or_create(code=code, defaults={"name_ar": agency.ar, "name_en": agency.en})
    for block in blocks:
        Block.objects.update_or_create(
            number=block.number,
            defaults={"authority_id": block.authority, "area_ar": block.area_ar, "area_en": block.area_en},
        )
    return Loaded(
        authorities=len(territory.authorities),
        offices=len(territory.authorities) * len(territory.offices),
        agencies=len(territory.agencies),
        blocks=len(blocks),
    )


def _offices(authority: Authority, territory: Territory) -> None:
    for code, name in territory.offices.items():
        Office.objects.update_or_create(
            authority=authority, code=code, defaults={"name_ar": name.ar, "name_en": name.en}
        )
