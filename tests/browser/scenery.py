"""What stands open when the pictures are taken: a draft, a bill, a question to an agency, a visit, a revocation."""

import time
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rukhsa.project.story.applicant import Applicant, Applied, Document
from rukhsa.project.story.plots import Plot, plots
from rukhsa.project.story.staff import Staff
from rukhsa.project.story.stage import Stage
from rukhsa.project.story.visitor import Lost

TURN = 800  # places that the story leaves free
PATIENCE = 60  # seconds for a step of the review to open


@dataclass(frozen=True, kw_only=True)
class Scenery:
    """Where to look: addresses of pages, beginning with a slash."""

    portal: str
    draft: str
    bill: str
    granted: str
    case: str
    referral: str
    inspection: str
    documents: dict[str, Document]  # by the verdict on them
    people: dict[str, Applicant | Staff]  # signed in, by their names


def scenery(stage: Stage) -> Scenery:
    """Set the scene after the story was played."""
    layla = Applicant(stage.portal, "ekey-layla")
    staff = {name: Staff(stage.portal, name) for name in ("salem", "mariam", "yusuf", "noor")}
    layla.sign_in()
    for member in staff.values():
        member.sign_in()
    case = _works(layla, staff["salem"])
    return Scenery(
        portal=stage.portal,
        draft=_draft(layla),
        bill=_bill(layla, staff["salem"]),
        granted=f"/applications/{stage.documents['road-works-licence'].application}/",
        case=f"/desk/applications/{case.application}/",
        referral=_listed(staff["noor"], "/desk/referrals/", case.reference),
        inspection=_inspection(layla, staff["salem"], staff["yusuf"]),
        people={"layla": layla, **staff},
        documents={
            "valid": _proof(layla, staff["salem"]),
            "not-yet-valid": stage.documents["road-works-licence"],
            "superseded": stage.documents["small-building-permit"],
            "revoked": stage.documents["proof-of-residence"],
        },
    )


def _works(layla: Applicant, salem: Staff) -> Applied:
    """An application for road works further up the road, in the hands of the agencies."""
    plot = _plot("road-works-licence")
    start = (date.today() + timedelta(days=60)).isoformat()  # noqa: DTZ011 - as the applicant reckons
    applied = layla.apply(plot, {**plot.answers, "start": start})
    salem.take(applied.reference)
    salem.check_all(applied.reference)
    return applied


def _draft(layla: Applicant) -> str:
    plot = _plot("road-works-licence")
    page = layla.start(plot.service)
    layla.answer_first(page, plot.answers)
    return page.address.removeprefix(layla.portal)


def _bill(layla: Applicant, salem: Staff) -> str:
    application = _granted(layla, salem, "bank")
    layla.wait_for(application, "a[href$='/pay']")
    return f"/applications/{application}/pay"


def _proof(layla: Applicant, salem: Staff) -> Document:
    application = _granted(layla, salem, "school")
    layla.pay_national(application, "national")
    layla.wait_for(application, "a[href$='/document']")
    return layla.receive(application)


def _granted(layla: Applicant, salem: Staff, purpose: str) -> str:
    plot = _plot("proof-of-residence")
    applied = layla.apply(replace(plot, pauses=False), {**plot.answers, "purpose": purpose})
    salem.take(applied.reference)
    salem.check_all(applied.reference)
    salem.decide(applied.reference, "granted")
    return applied.application


def _inspection(layla: Applicant, salem: Staff, yusuf: Staff) -> str:
    plot = _plot("address-change")
    applied = layla.apply(plot, plot.answers)
    salem.take(applied.reference)
    salem.check_all(applied.reference)
    return _listed(yusuf, "/desk/inspections/", applied.reference)


def _listed(member: Staff, address: str, reference: str) -> str:
    """Where the line about an application leads, once it is there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        page = member.visitor.open(f"{member.portal}{address}")
        if found := page.link_in(".card", reference):
            return found.removeprefix(member.portal)
        time.sleep(0.5)
    raise Lost(f"nothing about {reference} on {address} within {PATIENCE} s")


def _plot(service: str) -> Plot:
    today = date.today()  # noqa: DTZ011 - as the applicant reckons
    return next(plot for plot in plots(today, turn=TURN) if plot.service == service)
