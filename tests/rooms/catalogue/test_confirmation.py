"""Each value of the definitions rests on a source with a rank, and what is assumed only becomes less."""

from collections import Counter

from rukhsa.catalogue.confirmation import values_of
from rukhsa.catalogue.provenance import RANKS
from rukhsa.catalogue.territory import service_files
from tests.rooms.catalogue.broken import BAHRAIN, changed, read, text_of

FOUND = "source: {rank: ministry, page: mun.gov.bh, read: 2026-11-30}"
# Values without a source: a lower number is written here as soon as it is reached. A higher one only with a new
# service that no page describes; never 200.
ASSUMED = 184


# Services whose law was found in no text: fewer as soon as one is found, and one more only with a new service.
LAWLESS = {
    "building-guard-certificate",
    "certified-copy",
    "grievance",
    "home-repair-aid",
    "merger-permit",
    "violation-grievance",
}


def ranks(*texts: str) -> Counter[str]:
    return Counter(value.rank for text in texts for value in values_of(read(text).value))


def test_what_is_assumed_only_becomes_less_and_all_else_has_a_source() -> None:
    counted = ranks(*(file.read_text(encoding="utf-8") for file in service_files(BAHRAIN)))
    assert counted.keys() <= RANKS.keys(), "each source has a rank"
    assert counted["assumed"] == ASSUMED
    assert counted["ministry"] > 2 * ASSUMED


def test_services_that_name_no_law_only_become_fewer() -> None:
    definitions = [read(file.read_text(encoding="utf-8")).value for file in service_files(BAHRAIN)]
    assert {each.service for each in definitions if not any(basis.of for basis in each.law)} == LAWLESS


def test_a_value_without_a_mark_rests_on_the_source_of_its_service() -> None:
    """So a mark that is taken away lowers nothing where the service itself is assumed."""
    unmarked = changed(
        "certified-copy", "        source: {rank: assumed, why: no page says that this is asked}\n", ""
    )
    assert ranks(unmarked) == ranks(text_of("certified-copy"))
    found = changed("certified-copy", "source: {rank: assumed, why: no page describes this service}", FOUND)
    assert ranks(found)["assumed"] < ranks(text_of("certified-copy"))["assumed"]
