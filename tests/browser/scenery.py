"""What stands open when the pictures are taken: a draft, a bill, a question to an agency, a visit, a revocation."""

import time
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rukhsa.project.story.applicant import Applicant
from rukhsa.project.story.playing import Document, Stage
from rukhsa.project.story.plots import Plot, plots
from rukhsa.project.story.staff import Staff
from rukhsa.project.story.visitor import Lost

REVOCATION = "بدأ الحفر قبل موعد التصريح ومن غير إشراف."
ROUTE = "26.22410, 50.57700\n26.22440, 50.57755\n26.22475, 50.57780"
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
    for person in (layla, *staff.values()):
        person.sign_in()
    revoked = stage.documents["excavation-permit"]
    staff["mariam"].change_instrument(revoked.number, "revoke", REVOCATION)
    case = _works(layla, staff["salem"])
    return Scenery(
        portal=stage.portal,
        draft=_draft(layla),
        bill=_bill(layla, staff["salem"]),
        granted=f"/applications/{stage.documents['proof-of-residence'].application}/",
        case=f"/desk/applications/{case.application}/",
        referral=_listed(staff["noor"], "/desk/referrals/", case.reference),
        inspection=_inspection(layla, staff["salem"], staff["yusuf"]),
        people={"layla": layla, **staff},
        documents={
            "valid": stage.documents["proof-of-residence"],
            "not-yet-valid": stage.documents["road-works-licence"],
            "superseded": stage.documents["small-building-permit"],
            "revoked": revoked,
        },
    )


@dataclass(frozen=True, kw_only=True)
class _Case:
    application: str
    reference: str


def _works(layla: Applicant, salem: Staff) -> _Case:
    """An application for road works further up the road, in the hands of the agencies."""
    plot = _plot("road-works-licence")
    start = (date.today() + timedelta(days=60)).isoformat()  # noqa: DTZ011 - as the applicant reckons
    applied = layla.apply(plot, {**plot.answers, "route": ROUTE, "start": start})
    salem.take(applied.reference)
    salem.check_all(applied.reference)
    return _Case(application=applied.application, reference=applied.reference)


def _draft(layla: Applicant) -> str:
    plot = _plot("road-works-licence")
    page = layla.start(plot.service)
    layla.answer_first(page, {**plot.answers, "route": ROUTE})
    return page.address.removeprefix(layla.portal)


def _bill(layla: Applicant, salem: Staff) -> str:
    plot = _plot("proof-of-residence")
    applied = layla.apply(replace(plot, pauses=False), {**plot.answers, "purpose": "bank"})
    salem.take(applied.reference)
    salem.check_all(applied.reference)
    salem.decide(applied.reference, "granted")
    layla.wait_for(applied.application, "a[href$='/pay']")
    return f"/applications/{applied.application}/pay"


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
    return next(plot for plot in plots(date.today()) if plot.service == service)  # noqa: DTZ011
