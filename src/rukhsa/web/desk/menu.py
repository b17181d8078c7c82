"""The desk's menu: the pages that a person may open, in groups, with what waits on each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor
from rukhsa.digest import SECOND, count_each, parts_of
from rukhsa.issuance.issuing_stop import current_stop
from rukhsa.issuance.models import IssuingStop

MOST_COUNTED: Final = 100
MOST_UNGROUPED: Final = 7  # so few pages stand side by side


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page that the menu may offer; the page itself checks the scope of what it shows."""

    name: str
    label: Promise
    permission: Permission | None  # None: everyone at the desk
    key: str = ""  # the browser's access key
    also: tuple[str, ...] = ()  # where the addresses of what it leads to begin, beside its own
    counted: tuple[str, ...] = ()  # the parts of the digest that are added up beside its name
    counted_as: Promise | str = ""  # what the number counts, for a screen reader


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page in a person's menu."""

    page: Page
    address: str
    is_open: bool  # the page itself
    is_current: bool  # the page, or one that it leads to
    number: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """Pages under one heading, which opens."""

    label: Promise
    places: list[Place]

    @property
    def is_current(self) -> bool:
        """Whether the open page is one of the group."""
        return any(place.is_current for place in self.places)


@dataclass(frozen=True, kw_only=True)
class Menu:
    """What a person sees above each page of the desk."""

    at_hand: list[Place]
    groups: list[Group] = field(default_factory=list)
    stop: IssuingStop | None = None
    most: int = MOST_COUNTED


# What people open many times a day stands outside the groups.
AT_HAND: Final = (
    Page(
        name="today",
        label=_("Today"),
        permission=None,
        counted=SECOND,
        counted_as=_("waiting for a second person"),
    ),
    Page(
        name="queue",
        label=_("Queue"),
        permission=Permission.CHECK,
        key="q",
        also=("/desk/applications/", "/desk/workload/"),
        counted=("mine",),
        counted_as=_("in your hand"),
    ),
    Page(name="referrals", label=_("Referrals"), permission=Permission.ANSWER_REFERRAL, key="q"),
    Page(name="matters", label=_("Before the committee"), permission=Permission.VOTE),
    Page(name="inspections", label=_("Visits"), permission=Permission.INSPECT, key="v"),
    Page(name="conversations", label=_("Messages"), permission=Permission.WRITE_MESSAGE),
)
GROUPS: Final[tuple[tuple[Promise, tuple[Page, ...]], ...]] = (
    (
        _("Work"),
        (
            Page(name="sittings", label=_("Sittings"), permission=Permission.CONVENE),
            Page(name="rounds", label=_("Rounds"), permission=Permission.PLAN_ROUND),
            Page(name="violations", label=_("Violations"), permission=Permission.READ_VIOLATIONS),
            Page(name="deeds", label=_("Powers of attorney"), permission=Permission.CHECK_DEED),
        ),
    ),
    (
        _("Documents"),
        (
            Page(
                name="instruments",
                label=_("Issued documents"),
                permission=Permission.READ_INSTRUMENTS,
                key="i",
            ),
            Page(name="stalled", label=_("Stalled documents"), permission=Permission.CHECK),
            Page(name="places", label=_("Places"), permission=Permission.READ_PLACES),
        ),
    ),
    (
        _("Money"),
        (
            Page(
                name="payouts",
                label=_("Refunds"),
                permission=Permission.APPROVE_PAYOUT,
                key="m",
                also=("/desk/bank-files/",),
            ),
            Page(name="waivers", label=_("Waivers"), permission=Permission.APPROVE_WAIVER),
            Page(
                name="money",
                label=_("Charges and payments"),
                permission=Permission.APPROVE_PAYOUT,
                also=(
                    "/desk/charges/",
                    "/desk/attempts/",
                    "/desk/deposits/",
                    "/desk/gateways/",
                    "/desk/findings/",
                ),
            ),
            Page(
                name="differences",
                label=_("Reconciliation"),
                permission=Permission.RECONCILE,
                also=("/desk/statements/", "/desk/cash/", "/desk/income/"),
            ),
        ),
    ),
    (
        _("People"),
        (
            Page(name="absences", label=_("Absences"), permission=Permission.CHECK),
            Page(name="mandates", label=_("Mandates"), permission=Permission.READ_MANDATES),
            Page(name="staff", label=_("Staff"), permission=Permission.APPROVE_STAFF),
            Page(name="agency", label=_("Your agency"), permission=Permission.COORDINATE_AGENCY),
            Page(name="people", label=_("People's data"), permission=Permission.READ_LOOKS),
        ),
    ),
    (
        _("Oversight"),
        (
            Page(name="second-looks", label=_("Second looks"), permission=Permission.DECIDE),
            Page(name="alarms", label=_("Unusual decisions"), permission=Permission.READ_ALARMS),
            Page(name="figures", label=_("Figures"), permission=Permission.READ_FIGURES),
            Page(name="feedback", label=_("Feedback"), permission=Permission.READ_FEEDBACK),
            Page(name="journal", label=_("Journal"), permission=Permission.READ_JOURNAL, key="j"),
            Page(name="security-log", label=_("Security log"), permission=Permission.READ_SECURITY_LOG),
        ),
    ),
    (
        _("Settings"),
        (
            Page(name="catalogue", label=_("Services"), permission=Permission.PROPOSE_SERVICE),
            Page(name="settings", label=_("Settings"), permission=Permission.APPROVE_CHANGE),
            Page(name="running", label=_("What runs"), permission=Permission.READ_HEALTH),
        ),
    ),
)


def menu_of(actor: Actor, path: str, *, at: datetime) -> Menu:
    """The menu of a person on a page; what waits and whether issuing is stopped are counted in one statement."""
    parts = {**parts_of(actor, at=at), "stops": IssuingStop.objects.filter(start=None)}
    counted = count_each(parts, most=MOST_COUNTED)
    at_hand = list(_places(AT_HAND, actor, path, counted))
    found = [(label, list(_places(pages, actor, path, counted))) for label, pages in GROUPS]
    stop = current_stop() if counted["stops"] else None
    if len(at_hand) + sum(len(places) for _label, places in found) <= MOST_UNGROUPED:
        return Menu(at_hand=[*at_hand, *(place for _label, places in found for place in places)], stop=stop)
    groups = [Group(label=label, places=places) for label, places in found if places]
    return Menu(at_hand=at_hand, groups=groups, stop=stop)


def _places(pages: tuple[Page, ...], actor: Actor, path: str, counted: dict[str, int]) -> Iterator[Place]:
    for page in pages:
        if page.permission is None or actor.holds_somewhere(page.permission):
            address = reverse(f"desk:{page.name}")
            number = min(sum(counted.get(part, 0) for part in page.counted), MOST_COUNTED)
            is_current = path.startswith((address, *page.also))
            yield Place(
                page=page,
                address=address,
                is_open=path == address,
                is_current=is_current,
                number=number,
            )
