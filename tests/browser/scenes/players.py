"""The people of the scenes, and how one of them uses a page."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rukhsa_rehearsal.story.applicant import Applicant, Applied
from rukhsa_rehearsal.story.plots import TURNS, Plot, plots
from rukhsa_rehearsal.story.staff_member import Staff
from rukhsa_rehearsal.story.visitor import Files, Form, Lost, Page

PATIENCE = 180  # seconds for the worker to do what is due, on a slow machine too
NAMES = ("salem", "mariam", "yusuf", "noor", "huda", "khalid", "fatima", "ahmed")
TODAY = date.today()  # noqa: DTZ011 - as the applicant reckons


@dataclass(frozen=True, kw_only=True)
class Players:
    """Layla and the staff, signed in."""

    layla: Applicant
    staff: Mapping[str, Staff]

    @classmethod
    def assembled(cls, portal: str) -> "Players":
        """All sign in."""
        layla = Applicant(portal, "ekey-layla")
        layla.sign_in()
        staff = {name: Staff(portal, name) for name in NAMES}
        for member in staff.values():
            member.sign_in()
        return cls(layla=layla, staff=staff)

    def __getattr__(self, name: str) -> Staff:
        try:
            return self.staff[name]
        except KeyError:
            raise AttributeError(name) from None

    def examine(self, reference: str, **records: str) -> None:
        """Check, refer and inspect, with everything recorded, until only the decision is open."""
        self.salem.take(reference)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            page = self.salem.find(reference)
            if page.has(".steps li.open:last-child") and not page.has(".steps li.open:not(:last-child)"):
                return
            if not self._examine_once(page, reference, records):
                time.sleep(0.2)
        raise Lost(f"{reference} did not come to its decision within {PATIENCE} s")

    def granted(self, applied: Applied, **records: str) -> Applied:
        """Examined and granted, so that it waits to be paid."""
        self.examine(applied.reference, **records)
        self.mariam.decide(applied.reference, "granted")
        self.layla.wait_for(applied.application, "a[href$='/pay']")
        return applied

    def proof(self, purpose: str) -> Applied:
        """A proof of residence that is granted."""
        answers = {**plot_of("proof-of-residence").answers, "purpose": purpose}
        return self.granted(apply(self.layla, "proof-of-residence", answers))

    def paid(self, applied: Applied) -> Applied:
        """What was granted, paid and issued."""
        pay(self.layla, applied.application)
        self.layla.wait_for(applied.application, "a[href$='/document']")
        return applied

    def _examine_once(self, page: Page, reference: str, records: Mapping[str, str]) -> bool:
        acted = page.has("form[action*='/check/']")
        while page.has("form[action*='/check/']"):
            page = self.salem.visitor.send(filled(page.form("form[action*='/check/']"), records))
        visit = where(self.yusuf, "/desk/inspections/", reference)
        if visit:
            _report(self.yusuf, visit, records)
        return bool(self.noor.answer_referrals(reference)) or acted or bool(visit)


def _report(yusuf: Staff, address: str, records: Mapping[str, str]) -> None:
    form = filled(yusuf.visitor.open(address).form("form.visit"), records)
    form.fill_in({name: "yes" for name in form.names if name.startswith("point-")})
    yusuf.visitor.send(form.fill(passed="yes"))


def filled(form: Form, answers: Mapping[str, str]) -> Form:
    """The values of a form, with those of the answers that it asks for."""
    return form.fill_in({name: text for name, text in answers.items() if name in form.names})


def press(
    person: Applicant | Staff,
    address: str,
    form: str = "main form",
    *,
    button: str | None = None,
    files: Files | None = None,
    **typed: Any,
) -> Page:
    """Open a page, fill in one of its forms, and send it; return the page that follows."""
    who = person if isinstance(person, Staff) else person.visitor
    page = who.open(address if "://" in address else f"{person.portal}{address}")
    return who.send(page.form(form).fill(**typed), button=button, files=files)


def where(member: Staff, address: str, text: str) -> str | None:
    """The link of the card that says `text`, if it is there."""
    return member.visitor.open(f"{member.portal}{address}").link_in(".card", text)


def awaited[T](look: Callable[[], T | None], what: str) -> T:
    """What a look returns, as soon as it returns anything."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.2)
    raise Lost(f"no {what} within {PATIENCE} s")


def plot_of(service: str, *, turn: int = 0) -> Plot:
    """The story's answers, at a place that the story leaves free; each turn has its own."""
    return next(plot for plot in plots(TODAY, turn=TURNS + turn) if plot.service == service)


def apply(layla: Applicant, service: str, answers: Mapping[str, Any]) -> Applied:
    """An application with these answers."""
    return layla.apply(Plot(service=service, answers=answers, gateway="national"), answers)


def works(layla: Applicant, *, turn: int, days_ahead: int = 60) -> Applied:
    """An application for road works that start in so many days."""
    start = (TODAY + timedelta(days=days_ahead)).isoformat()
    return apply(
        layla, "road-works-licence", {**plot_of("road-works-licence", turn=turn).answers, "start": start}
    )


def pay(layla: Applicant, application: str) -> None:
    """Pay on the hosted page of the national gateway, and come back."""
    hosted = layla.begin_payment(application, "national")
    layla.visitor.send(hosted.form("form"), button="outcome=CAPTURED")


def path_of(page: Page, portal: str) -> str:
    """The address of a page without its host."""
    return page.address.removeprefix(portal)
