"""Every service: answers that somebody could type are taken whole, and a document is set from them."""

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from rukhsa.applications.answers import read_all
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.conditions import Answers
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.eligibility import unmet
from rukhsa.catalogue.facts import printed_conditions, sealed_facts, validity_period
from rukhsa.catalogue.reading import read_definition
from rukhsa.catalogue.territory import read_territory, service_files, territory
from rukhsa.issuance.compose import compose, template_of
from rukhsa.issuance.gate import longest
from rukhsa.issuance.page import Page
from rukhsa.issuance.readback import read_back
from rukhsa.places.models import Block
from tests.rooms.issuance import specimen_answers

BAHRAIN = Path(__file__).parents[3] / "territories/bahrain"
SERVICES = {file.stem: read_definition(file).value for file in service_files(BAHRAIN)}
NOW = datetime.combine(specimen_answers.TODAY, datetime.min.time(), UTC)
TURNS = ((0, True), (1, False), (2, True), (3, False))  # which option of each choice, and yes or no


@pytest.fixture
def _block(db: None, settings: Settings) -> None:
    settings.RUKHSA_TERRITORY = BAHRAIN
    Block.objects.create(number=317, authority=Authority.objects.create(code="CAP", ordinal=1))


@pytest.mark.usefixtures("_block")
@pytest.mark.parametrize("service", SERVICES)
def test_a_plausible_application_is_complete_and_becomes_a_document(service: str) -> None:
    definition = SERVICES[service]
    broken = []
    for option, yes in TURNS:
        typed = specimen_answers.typed_for(definition, option=option, yes=yes)
        reading = read_all(definition, typed, at=NOW)
        assert reading.problems == ()
        broken.append(unmet(definition.eligible, reading.values, waited_for=()))
        recorded = specimen_answers.recorded_for(definition, option=option, yes=yes)
        page = _page(definition, reading.values | recorded)
    assert [] in broken
    assert page.title == definition.instrument.title
    read_back(compose(page, template=template_of(BAHRAIN)), page)


@pytest.mark.parametrize("service", SERVICES)
def test_the_longest_document_of_every_service_fits_into_a_seal(service: str) -> None:
    assert longest.longest(SERVICES[service], read_territory(BAHRAIN), crest="").qr_text


def _page(definition: Definition, answers: Answers) -> Page:
    period = validity_period(definition, answers, issued=specimen_answers.TODAY, parent_end=date(2027, 6, 30))
    facts = sealed_facts(
        definition, answers, holder="ليلى أحمد الدوسري", masked_id="*****3456", period=period
    )
    claims = dataclasses.replace(longest.claims_of(definition, territory()), facts=facts)
    return longest.page_of(
        definition, territory(), "<svg xmlns='http://www.w3.org/2000/svg'/>", claims,
        printed_conditions(definition, answers),
    )  # fmt: skip
