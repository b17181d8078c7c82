"""Loads a territory into the database: authorities, offices, agencies, blocks and reasons; again updates them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from rukhsa.authorities.models import Agency, Authority, AuthorityName, Office
from rukhsa.catalogue.block_list import read_blocks
from rukhsa.catalogue.boundaries import read_boundaries
from rukhsa.catalogue.in_force import OFFICE
from rukhsa.catalogue.reason import load_reasons
from rukhsa.catalogue.territory import Territory, read_territory
from rukhsa.catalogue.territory_change import TerritoryChange, values_of
from rukhsa.places.models import Block
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """How many rows of each kind the files have."""

    authorities: int
    offices: int
    agencies: int
    blocks: int


@transaction.atomic
def load(folder: Path) -> Loaded:
    """Write the territory's rows, all or none; a second run changes only what changed in the files.

    Nothing is deleted: an authority or agency that is no longer in the file keeps its row. Raises DefinitionRefused.
    """
    territory = read_territory(folder)
    blocks = read_blocks(folder, territory)
    read_boundaries(folder, territory)  # read for its errors: they are for the operator, not for an applicant
    _write(_authorities(territory), known_by=["code"], changed=["ordinal"])
    _write(_names(territory), known_by=["authority", "valid_from"], changed=["ar", "en"])
    _write(_offices(territory), known_by=["authority", "code"], changed=["name_ar", "name_en"])
    agencies = (
        Agency(code=code, name_ar=name.ar, name_en=name.en) for code, name in territory.agencies.items()
    )
    _write(agencies, known_by=["code"], changed=["name_ar", "name_en"])
    rows = (
        Block(number=block.number, authority_id=block.authority, area_ar=block.area_ar, area_en=block.area_en)
        for block in blocks
    )
    _write(rows, known_by=["number"], changed=["authority", "area_ar", "area_en"])
    load_reasons(folder, at=timezone.now())
    return Loaded(
        authorities=len(territory.authorities),
        offices=len(territory.authorities) * len(territory.offices),
        agencies=len(territory.agencies),
        blocks=len(blocks),
    )


def _write[Row: Model](rows: Iterable[Row], *, known_by: list[str], changed: list[str]) -> None:
    """Insert or update rows of one table in one statement; `known_by` are the columns of its unique constraint."""
    last_counts = {tuple(map(row.serializable_value, known_by)): row for row in rows}
    for model in {type(row) for row in last_counts.values()}:
        model._default_manager.bulk_create(
            last_counts.values(), update_conflicts=True, unique_fields=known_by, update_fields=changed
        )


def _authorities(territory: Territory) -> Iterator[Authority]:
    for rule in territory.authorities:
        yield Authority(code=rule.code, ordinal=rule.ordinal)


def _names(territory: Territory) -> Iterator[AuthorityName]:
    for rule in territory.authorities:
        for name in rule.names:
            yield AuthorityName(
                authority_id=rule.code, valid_from=name.from_, ar=name.name.ar, en=name.name.en
            )


def _offices(territory: Territory) -> Iterator[Office]:
    """Those of the files and those that the desk opened, with the names that the desk gave them."""
    changed = values_of(TerritoryChange.objects.holding(on=timezone.localdate())).get(OFFICE, {})
    named = {code: Text(ar=value["ar"], en=value["en"]) for code, value in changed.items() if value}
    for rule in territory.authorities:
        for code, name in {**territory.offices, **named}.items():
            yield Office(authority_id=rule.code, code=code, name_ar=name.ar, name_en=name.en)
