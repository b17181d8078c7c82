"""The scenes that are open when the pictures are taken: a draft, a referral, an inspection, and more."""

from dataclasses import dataclass

from rukhsa_rehearsal.story.applicant import Applicant, Applied, Document
from rukhsa_rehearsal.story.staff_member import Staff
from rukhsa_rehearsal.story.stage import Stage
from tests.browser.scenes.money import money
from tests.browser.scenes.players import Players, apply, awaited, plot_of, where, works
from tests.browser.scenes.review import review
from tests.browser.scenes.services import services


@dataclass(frozen=True, kw_only=True)
class Scenery:
    """Addresses of pages, beginning with a slash."""

    portal: str
    draft: str
    granted: str
    case: str
    referral: str
    inspection: str
    pages: dict[str, str]  # those of the scenes, by name
    documents: dict[str, Document]  # by the verdict on them
    people: dict[str, Applicant | Staff]  # signed in, by their names


def scenery(stage: Stage) -> Scenery:
    """Set up the scenes after the story was played."""
    players = Players.assembled(stage.portal)
    case = _works(players)
    change, inspection = _inspection(players)
    return Scenery(
        portal=stage.portal,
        draft=_draft(players.layla),
        granted=f"/applications/{stage.documents['road-works-licence'].application}/",
        case=f"/desk/applications/{case.application}/",
        referral=_listed(players.noor, "/desk/referrals/", case.reference),
        inspection=inspection,
        pages={**money(stage, players), **review(players), **services(players, change)},
        people={"layla": players.layla, **players.staff},
        documents={
            "valid": players.layla.receive(players.paid(players.proof("school")).application),
            "not-yet-valid": stage.documents["road-works-licence"],
            "superseded": stage.documents["small-building-permit"],
            "revoked": stage.documents["proof-of-residence"],
        },
    )


def _works(players: Players) -> Applied:
    """An application for road works further up the road, referred to the agencies."""
    applied = works(players.layla, turn=0)
    players.salem.take(applied.reference)
    players.salem.check_all(applied.reference)
    return applied


def _draft(layla: Applicant) -> str:
    plot = plot_of("road-works-licence")
    page = layla.start(plot.service)
    layla.answer_first(page, plot.answers)
    return page.address.removeprefix(layla.portal)


def _inspection(players: Players) -> tuple[str, str]:
    """An application for a change of address, and the inspection that it waits for."""
    applied = apply(players.layla, "address-change", plot_of("address-change").answers)
    players.salem.take(applied.reference)
    players.salem.check_all(applied.reference)
    return applied.application, _listed(players.yusuf, "/desk/inspections/", applied.reference)


def _listed(member: Staff, address: str, reference: str) -> str:
    """The link in the line about an application, once it is listed."""
    found = awaited(lambda: where(member, address, reference), f"line about {reference} on {address}")
    return found.removeprefix(member.portal)
