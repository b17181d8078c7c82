"""Which pages are taken, who looks at each, and what that person does on it first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.browser.scenery import Scenery
from tests.browser.scenes import acts
from tests.browser.window import DESK, PHONE, Window

View = tuple[str, int]  # a language and a width
ALL: tuple[View, ...] = tuple((language, width) for language in ("ar", "en") for width in (PHONE, DESK))
IN_HAND = tuple(view for view in ALL if view[1] == PHONE)
# The citizen holds a telephone and reads Arabic; a reviewer of the project sits before a screen and reads English.
TWO: tuple[View, ...] = (("ar", PHONE), ("en", DESK))


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A page to be taken: its name, who looks at it, and its address."""

    name: str
    person: str  # layla, a member of the staff, or anyone
    address: str
    views: tuple[View, ...] = ALL
    shows: str = "main h1"  # what must be seen before the picture is taken
    act: Callable[[Window], None] | None = None  # what the person does first
    top: str = ""  # where the picture begins, if not at the top of the page
    dark: bool = False


def subjects(portal: str, scene: Scenery) -> Iterator[Subject]:
    """Every page of the portal and of the desk."""
    yield from _of_the_portal(portal, scene)
    yield from _of_talk_and_data(portal, scene)
    yield from _in_the_dark(portal, scene)
    yield from _of_a_payer(portal, scene.pages)
    yield from _of_the_desk(portal, scene)
    yield from _of_finance(portal, scene.pages)
    yield from _of_the_catalogue(portal, scene.pages)
    yield from _of_the_review(portal, scene.pages)
    yield from _of_the_institution(portal)


def _of_the_portal(portal: str, scene: Scenery) -> Iterator[Subject]:
    pages = {
        "portal-first": "/",
        "portal-service": "/services/road-works-licence",
        "portal-mine": "/applications/",
        "portal-application": scene.granted,
        "portal-pay": scene.pages["bill"],
    }
    for name, address in pages.items():
        yield Subject(name=name, person="layla", address=f"{portal}{address}")
    yield Subject(
        name="portal-questions", person="layla", address=f"{portal}{scene.draft}", shows=".map canvas",
        act=acts.open_the_map,
    )  # fmt: skip
    for view, asked in zip(TWO, ("أريد أن أحفر الشارع", "fence"), strict=True):
        yield Subject(name="portal-search", person="anyone", address=f"{portal}/?q={asked}", views=(view,))
    season = f"{portal}/services/camping-registration"
    yield Subject(name="portal-season", person="layla", address=season, views=TWO)
    yield Subject(
        name="portal-clash", person="layla", address=f"{portal}{scene.pages['clash']}", views=TWO,
        shows=".ds-validation-message", act=acts.change_days, top=".ds-validation-message",
    )  # fmt: skip


def _of_talk_and_data(portal: str, scene: Scenery) -> Iterator[Subject]:
    """Messages, acting for others, what is known of oneself, and the pages in the foot of every other."""
    own = {
        "messages": f"{scene.granted}messages",
        "document": f"{scene.granted}document",
        "consents": "/consents/",
        "details": "/details",
        "looks": "/own/looks",
        "sessions": "/own/sessions",
    }
    for name, address in own.items():
        yield Subject(name=f"portal-{name}", person="layla", address=f"{portal}{address}", views=TWO)
    for name in ("status", "help", "privacy", "accessibility", "service-status"):
        yield Subject(name=f"portal-{name}", person="anyone", address=f"{portal}/{name}", views=TWO)


def _in_the_dark(portal: str, scene: Scenery) -> Iterator[Subject]:
    """Where the system's colours are dark."""
    pages = {"first": "/", "application": scene.granted, "pay": scene.pages["bill"]}
    for name, address in pages.items():
        yield Subject(
            name=f"portal-{name}-dark", person="layla", address=f"{portal}{address}", views=TWO, dark=True
        )
    case = f"{portal}{scene.case}"
    yield Subject(name="desk-case-dark", person="salem", address=case, views=TWO, dark=True)


def _of_a_payer(portal: str, pages: dict[str, str]) -> Iterator[Subject]:
    """The pages about what is owed, paid and returned, and the page of a payment link."""
    shown = {
        "documents": "/documents/",
        "returned": pages["returned"],
        "again": pages["again"],
        "money": "/money/",
        "checking": pages["checking"],
        "doubt": pages["doubt"],
        "share": pages["share"],
        "receipt": pages["receipt"],
        "money-back": pages["money-back"],
    }
    for name, address in shown.items():
        yield Subject(name=f"portal-{name}", person="layla", address=f"{portal}{address}", views=TWO)
    yield Subject(
        name="portal-deposits", person="layla", address=f"{portal}/money/", views=TWO, top="#deposits"
    )
    account = f"{portal}{pages['deposit-account']}"
    yield Subject(name="portal-iban", person="layla", address=account, views=TWO, act=acts.mistype_the_iban)
    yield Subject(name="portal-link", person="anyone", address=f"{portal}{pages['link']}", views=TWO)


def _of_the_desk(portal: str, scene: Scenery) -> Iterator[Subject]:
    yield Subject(name="desk-queue", person="salem", address=f"{portal}/desk/queue/")
    yield Subject(name="desk-case", person="salem", address=f"{portal}{scene.case}")
    yield Subject(name="desk-referral", person="noor", address=f"{portal}{scene.referral}")
    inspection = f"{portal}{scene.inspection}"
    queue = f"{portal}/desk/queue/"
    yield Subject(name="desk-menu", person="salem", address=queue, views=TWO[:1], act=acts.open_the_menu)
    yield Subject(name="desk-inspection", person="yusuf", address=inspection, views=IN_HAND)


def _of_finance(portal: str, pages: dict[str, str]) -> Iterator[Subject]:
    desk = {
        ("huda", "payouts"): "/desk/payouts/",
        ("huda", "owed"): pages["owed"],
        ("mariam", "payout"): pages["payout"],
        ("huda", "waivers"): "/desk/waivers/",
        ("huda", "waiver"): pages["waiver"],
        ("huda", "charge"): pages["charge"],
        ("mariam", "deposits"): "/desk/deposits/",
        ("mariam", "deposit"): pages["deposit"],
        ("huda", "findings"): "/desk/findings/",
        ("huda", "attempt"): pages["attempt"],
        ("huda", "statements"): "/desk/statements/",
        ("huda", "differences"): "/desk/differences/",
        ("huda", "difference"): pages["difference"],
        ("huda", "cash"): "/desk/cash/",
        ("huda", "income"): "/desk/income/",
    }
    for (person, name), address in desk.items():
        yield Subject(name=f"desk-{name}", person=person, address=f"{portal}{address}", views=TWO)
    for name, act in (("money", acts.seek_money), ("gateways", acts.ask_a_gateway)):
        yield Subject(
            name=f"desk-{name}", person="huda", address=f"{portal}/desk/{name}/", views=TWO, act=act
        )


def _of_the_catalogue(portal: str, pages: dict[str, str]) -> Iterator[Subject]:
    yield Subject(name="desk-catalogue", person="salem", address=f"{portal}/desk/catalogue/", views=TWO)
    editor = f"{portal}/desk/catalogue/services/road-works-licence"
    for name, act in acts.IN_THE_EDITOR.items():
        # On a telephone the view stands under the text.
        top = "" if name in ("error", "completion") else "#view"
        yield Subject(name=f"editor-{name}", person="salem", address=editor, views=TWO[:1], act=act, top=top)
        yield Subject(name=f"editor-{name}", person="salem", address=editor, views=TWO[1:], act=act)
    yield Subject(name="desk-proposal", person="mariam", address=f"{portal}{pages['proposal']}", views=TWO)


def _of_the_review(portal: str, pages: dict[str, str]) -> Iterator[Subject]:
    desk = {
        ("salem", "term"): pages["term"],
        ("salem", "sittings"): "/desk/sittings/",
        ("salem", "sitting"): pages["sitting"],
        ("salem", "minutes"): pages["minutes"],
        ("ahmed", "matters"): "/desk/matters/",
        ("ahmed", "matter"): pages["matter"],
        ("mariam", "two-officers"): pages["two-officers"],
        ("salem", "process"): pages["process"],
        ("salem", "stalled"): "/desk/stalled/",
        ("mariam", "journal"): "/desk/journal/",
    }
    for (person, name), address in desk.items():
        yield Subject(name=f"desk-{name}", person=person, address=f"{portal}{address}", views=TWO)


def _of_the_institution(portal: str) -> Iterator[Subject]:
    """A day's start, the work of others, rounds, figures, and who may do what."""
    desk = {
        ("salem", "today"): "today/",
        ("mariam", "workload"): "workload/",
        ("mariam", "rounds"): "rounds/",
        ("mariam", "violations"): "violations/",
        ("mariam", "absences"): "absences/",
        ("mariam", "mandates"): "mandates/",
        ("huda", "figures"): "figures/",
        ("fatima", "staff"): "staff/",
    }
    for (person, name), address in desk.items():
        yield Subject(name=f"desk-{name}", person=person, address=f"{portal}/desk/{address}", views=TWO)
