"""People with two and three posts: nothing that one post opens is opened where another one is held."""

import itertools
from collections.abc import Iterator, Sequence

import httpx

from rukhsa.accounts.permissions import Role
from tests.attack.browser import Browser
from tests.attack.ground import Ground
from tests.attack.scene import TOWNS
from tests.attack.tries import Tries, answered, kind
from tests.web.desk.allowed import DOORS, Door

CLOSED, ABSENT = 403, 404
OF_EACH = 4  # closed doors for each person
PATHS = {
    "application": "applications/{application}/",
    "process": "applications/{application}/process",
    "journal-of-application": "journal/{application}",
    "take": "applications/{application}/take",
    "hand-over": "applications/{application}/hand-over",
    "check": "applications/{application}/check/completeness",
    "return": "applications/{application}/return",
    "decide": "applications/{application}/decide",
    "propose": "applications/{application}/propose",
    "file": "files/{file}",
    "instrument": "instruments/{instrument}/",
    "change-instrument": "instruments/{instrument}",
    "charge": "charges/{charge}/",
    "propose-waiver": "charges/{charge}/waive",
    "attempt": "attempts/{attempt}/",
    "act-on-attempt": "attempts/{attempt}",
    "block": "places/{block}/",
}
type Held = list[tuple[Role, str]]

# These objects have no agency that is asked, and no committee with matters.
TRIED = [door for door in DOORS if door.route in PATHS]
PLAIN = [
    door
    for door in TRIED
    if door.posted is None and door.route in ("instrument", "charge", "attempt", "block")
]


# Each ordered pair of roles, one in each town; two roles in one town and a third in the other.
HELD: list[Held] = [
    [(first, "CAP"), (second, "MUH")] for first, second in itertools.product(Role, repeat=2)
] + [
    [(first, "CAP"), (second, "CAP"), (Role.SUPERVISOR, "MUH")]
    for second in (Role.AUDITOR, Role.INSPECTOR)
    for first in Role
    if first is not second
]


def name_of(held: Held) -> str:
    """What the person with these posts is called."""
    return "-".join(f"{role}.{town}" for role, town in held).lower()


def expected(door: Door, town: str, held: Sequence[tuple[Role, str]]) -> int:
    """The status of a door that is closed to these posts; 0 where it is open."""
    enters = door.enters or door.opens
    here = {role for role, where in held if where == town}
    if here & door.opens:
        return 0
    if here & enters or not {role for role, _where in held} & enters:
        return CLOSED
    return ABSENT


def closed_to(held: Held, turn: int) -> list[tuple[Door, str]]:
    """Doors in a town that the posts do not open: as many of each person, others in each turn."""
    closed = [(door, town) for door, town in _all() if expected(door, town, held)]
    count = min(OF_EACH, len(closed))
    return [closed[(turn + each * len(closed) // OF_EACH) % len(closed)] for each in range(count)]


def opened_to(held: Held, turn: int) -> list[tuple[Door, str]]:
    """One page that the posts open, another in each turn; none where they open none."""
    opened = [(door, town) for door, town in _all() if door in PLAIN and not expected(door, town, held)]
    return [opened[(turn + 1) % len(opened)]] if opened else []


def _all() -> Iterator[tuple[Door, str]]:
    return ((door, town) for door in TRIED for town in TOWNS)


TAKING = (("officer.cap-auditor.muh", "CAP"), ("auditor.cap-officer.muh", "MUH"))


@kind(
    tried="every ordered pair of roles at two authorities, and people with three posts: pages and acts that no"
    " post of theirs opens at the authority of the object, four each in turn",
    must="403, or 404 to those who enter elsewhere; as `tests/web/desk/allowed.py` says",
    tries=sum(len(closed_to(held, turn)) for turn, held in enumerate(HELD)),
    controls=sum(len(opened_to(held, turn)) for turn, held in enumerate(HELD)) + len(TAKING),
    since="security 1",
)  # fmt: skip
def posts(ground: Ground) -> Tries:
    scene = ground.scene()
    for turn, held in enumerate(HELD):
        name = name_of(held)
        browser = Browser(ground.portal, scene["people"][name]["cookies"])
        for door, town in closed_to(held, turn):
            answer = knock(browser, door, scene["objects"][town])
            said = expected(door, town, held)
            sent = f"{name}: {door.route} {door.after} of {town}"
            yield answered(sent, answer, must=str(said), holds=answer.status_code == said)
        for door, town in opened_to(held, turn):
            answer = browser.open(address(door, scene["objects"][town]))
            sent = f"{name}: {door.route} of {town}"
            yield answered(sent, answer, must="opened", holds=answer.status_code == 200, control=True)
    for name, town in TAKING:
        browser = Browser(ground.portal, scene["people"][name]["cookies"])
        take = next(door for door in TRIED if door.route == "take")
        answer = knock(browser, take, scene["objects"][town])
        yield answered(f"{name}: take", answer, must="done", holds=answer.status_code == 302, control=True)


def knock(browser: Browser, door: Door, objects: dict[str, str]) -> httpx.Response:
    """What a door answers."""
    path = address(door, objects)
    return browser.get(path) if door.posted is None else browser.post(path, door.posted)


def address(door: Door, objects: dict[str, str]) -> str:
    """Where a door of the desk stands."""
    return f"/desk/{PATHS[door.route].format(**objects)}" + (f"/{door.after}" if door.after else "")


@kind(
    tried="lists of the desk, asked by an inspector of one authority who audits the other",
    must="nothing of where no post of theirs reads", tries=6, controls=2, since="security 1",
)  # fmt: skip
def lists(ground: Ground) -> Tries:
    scene = ground.scene()
    for name, hidden, shown in (
        ("officer.cap-finance.muh", "MUH", "CAP"),
        ("finance.cap-officer.muh", "CAP", "MUH"),
    ):
        browser = Browser(ground.portal, scene["people"][name]["cookies"])
        mark = scene["objects"][hidden]["application"]
        for path in ("/desk/queue/?show=all", "/desk/queue/", "/desk/stalled/"):
            page = browser.get(path)
            yield answered(
                f"{name}: {path}", page, must="hidden", holds=page.is_success and mark not in page.text
            )
        page = browser.open(f"/desk/applications/{scene['objects'][shown]['application']}/")
        yield answered(f"{name}: {shown}", page, must="shown", holds=page.is_success, control=True)
