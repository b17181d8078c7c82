"""The definitions of Bahrain say what public pages say, where such pages were found."""

import pytest

from rukhsa.catalogue.charges import ChargeRow
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.questions.decision import DecisionQuestion
from rukhsa.catalogue.reading import shaped
from rukhsa.catalogue.source import load
from rukhsa.catalogue.steps import ReferStep
from rukhsa.catalogue.violation_rule import Violations
from tests.rooms.catalogue.broken import BAHRAIN, read


def service(name: str) -> Definition:
    return read((BAHRAIN / "services" / f"{name}.yaml").read_text(encoding="utf-8")).value


@pytest.mark.parametrize(
    ("name", "applicants"),
    [
        ("small-building-permit", "citizen gcc investor government"),
        ("boundary-wall-permit", "citizen gcc investor government"),
        ("corner-sale", "citizen gcc investor"),
        ("address-plate-renewal", "citizen gcc investor government"),
        ("proof-of-residence", "citizen gcc resident"),
        ("demolition-permit", "citizen gcc resident investor government"),  # residents too, says benayat.bh
    ],
)
def test_those_apply_whom_the_page_of_the_ministry_names(name: str, applicants: str) -> None:
    assert service(name).applicants == tuple(applicants.split())


def test_a_new_building_has_its_office_its_papers_and_two_years() -> None:
    permit = service("new-building-permit")
    assert str(permit.instrument.validity.lasts) == "2 years"  # type: ignore[union-attr]
    named = {document.id for document in permit.documents}
    assert named >= {"office-letter", "permit-form", "site-photos", "net-area", "office-registration"}
    assert named >= {"site-plan", "calculations", "soil-test"}, "article 5 of the law, as amended in 2022"
    assert {"designer", "reviewer"} <= {question.id for question in permit.questions}


def test_a_deposit_of_a_building_is_twice_its_fee_and_is_capped() -> None:
    fee, deposit = service("new-building-permit").charges

    def rates(rows: tuple[ChargeRow, ...]) -> list[float]:
        return [float(row.amount or 0) for row in rows]

    assert rates(deposit.rows) == [2 * rate for rate in rates(fee.rows)]
    assert {row.at_most for row in deposit.rows} == {"20000.000"}


def test_a_renovation_touches_neither_structure_nor_facade() -> None:
    works = service("renovation-permit").question("works")
    assert not {"facade", "structure"} & set(works.every_answer(()) or ())


def test_what_another_body_charges_is_not_charged_here() -> None:
    assert [charge.id for charge in service("premises-approval").charges] == ["approval-fee"]


def test_each_refusal_is_contested_before_its_own_committee() -> None:
    names = ("grievance", "building-grievance", "planning-grievance", "violation-grievance")
    asked = {name: service(name).question("decision") for name in names}

    def takers(refused: str) -> list[str]:
        return [
            name
            for name, question in asked.items()
            if isinstance(question, DecisionQuestion) and question.takes(refused)
        ]

    assert takers("demolition-permit") == ["building-grievance"]
    assert takers("information-certificate") == ["planning-grievance"]
    assert takers("violation-settlement") == ["violation-grievance"]
    assert takers("proof-of-residence") == ["grievance"]
    decided = {name: service(name).decision.committee for name in names}
    assert decided == {
        "grievance": None,
        "building-grievance": "building-grievances",
        "planning-grievance": "planning-grievances",
        "violation-grievance": "violation-grievances",
    }


def test_a_corner_is_as_small_as_the_law_on_registration_says() -> None:
    sale = service("corner-sale")
    (rule,) = sale.eligible
    assert (rule.rule.question, rule.rule.at_most) == ("asked-area", "200")
    assert sale.on_laws(rule.law).en.endswith("Real Estate Registration Law, article 16")


def test_a_fill_of_the_sea_is_approved_by_the_bodies_that_the_order_names() -> None:
    asked = {step.refer for step in service("reclamation-permit").steps if isinstance(step, ReferStep)}
    assert asked == {"environment", "survey", "urban-planning", "marine-resources", "coast-guard"}


def test_what_is_built_follows_the_requirements_of_2023() -> None:
    for name in ("new-building-permit", "small-building-permit", "information-certificate"):
        assert "No. (93) of 2023" in service(name).laws["zoning"].name.en


def test_waste_is_settled_for_a_third_of_the_highest_fine() -> None:
    waste = shaped(load(BAHRAIN / "violations.yaml"), Violations).value.violations["waste"]
    assert [row.amount for row in waste.fine] == ["100.000"]
    assert "public cleanliness" in waste.law.en
