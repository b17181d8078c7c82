"""People with two and three posts: nothing that one post opens is opened where another one is held."""

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
# These objects have no agency that is asked, and no committee with matters.
TRIED = [door for door in DOORS if door.route in PATHS]
PLAIN = [
    door
    for door in TRIED
    if door.posted is None and door.route in ("instrument", "charge", "attempt", "block")
]


@kind(
    tried="every ordered pair of roles at two authorities, and sixteen people with three posts: pages and acts that no"
    " post of theirs opens at the authority of the object, four each in turn",
    must="403, or 404 to those who enter elsewhere; as `tests/web/desk/allowed.py` says",
    tries=376, controls=83, since="security 1",
)  # fmt: skip
def posts(ground: Ground) -> Tries:
    scene = ground.scene()
    for turn, (name, person) in enumerate(scene["people"].items()):
        held = [(Role(role), town) for role, town in person["posts"]]
        browser = Browser(ground.portal, person["cookies"])
        closed = [(door, town) for door, town in _all() if expected(door, town, held)]
        for each in range(min(OF_EACH, len(closed))):
            door, town = closed[(turn + each * len(closed) // OF_EACH) % len(closed)]
            answer = knock(browser, door, scene["objects"][town])
            said = expected(door, town, held)
            sent = f"{name}: {door.route} {door.after} of {town}"
            yield answered(sent, answer, must=str(said), holds=answer.status_code == said)
        opened = [(door, town) for door, town in _all() if door in PLAIN and not expected(door, town, held)]
        if opened:
            door, town = opened[(turn + 1) % len(opened)]
            answer = knock(browser, door, scene["objects"][town])
            sent = f"{name}: {door.route} of {town}"
            yield answered(sent, answer, must="opened", holds=answer.status_code == 200, control=True)
    for name, town in (("officer.cap-auditor.muh", "CAP"), ("auditor.cap-officer.muh", "MUH")):
        browser = Browser(ground.portal, scene["people"][name]["cookies"])
        take = next(door for door in TRIED if door.route == "take")
        answer = knock(browser, take, scene["objects"][town])
        yield answered(f"{name}: take", answer, must="done", holds=answer.status_code == 302, control=True)


def knock(browser: Browser, door: Door, objects: dict[str, str]) -> httpx.Response:
    """What a door answers."""
    path = f"/desk/{PATHS[door.route].format(**objects)}" + (f"/{door.after}" if door.after else "")
    return browser.get(path) if door.posted is None else browser.post(path, door.posted)


def expected(door: Door, town: str, held: Sequence[tuple[Role, str]]) -> int:
    """The status of a door that is closed to these posts; 0 where it is open."""
    enters = door.enters or door.opens
    here = {role for role, where in held if where == town}
    if here & door.opens:
        return 0
    if here & enters or not {role for role, _where in held} & enters:
        return CLOSED
    return ABSENT


def _all() -> Iterator[tuple[Door, str]]:
    return ((door, town) for door in TRIED for town in TOWNS)


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
        page = browser.get(f"/desk/applications/{scene['objects'][shown]['application']}/")
        yield answered(f"{name}: {shown}", page, must="shown", holds=page.is_success, control=True)
