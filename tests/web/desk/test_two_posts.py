"""People with one, two and three posts, every ordered pair of roles at two authorities, against every route.

What is allowed stands in `allowed.py`, which reads nothing of the product.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from http import HTTPStatus
from itertools import product
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import PERMISSIONS, Permission, Role
from rukhsa.authorities import actor as acting
from rukhsa.authorities.actor import Power, powers_of
from rukhsa.authorities.models import Post
from rukhsa.web.desk.urls import urlpatterns
from tests.kept import kept
from tests.rooms.review import works
from tests.taken_back import taken_back
from tests.web.desk.allowed import (
    ANSWERING,
    AUDITOR,
    DOORS,
    INSPECTOR,
    LISTS,
    OF_THE_TERRITORY,
    SUPERVISOR,
    Door,
)
from tests.web.desk.conftest import SignIn
from tests.web.desk.holdings import TOWNS, A, Arguments, B, Town, everything

pytestmark = pytest.mark.django_db

OPEN, FORBIDDEN, ABSENT = "open", HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND
ENTERED = {HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}

type Held = tuple[Role, Town]
type Objects = dict[Town, dict[str, Arguments]]
MADE: Objects = {}


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was tried, its outcome, and what the table says."""

    what: str
    door: Door
    found: object
    said: object

    def __str__(self) -> str:
        return f"{self.what}: {self.found}, not {self.said}"


def test_every_route_of_the_desk_is_tried() -> None:
    assert {pattern.name for pattern in urlpatterns} == {
        *(door.route for door in DOORS), *LISTS, *OF_THE_TERRITORY,
    }  # fmt: skip


@pytest.mark.parametrize("first", Role)
def test_a_post_opens_what_it_opens_at_its_own_place_alone(
    first: Role, objects: Objects, sign_in: SignIn, plainly: None
) -> None:
    one = [((first, town),) for town in TOWNS]
    two = [((first, A), (second, B)) for second in Role]
    three = [((first, A), (second, A), (SUPERVISOR, B)) for second in (AUDITOR, INSPECTOR)]
    next_one = two[(list(Role).index(first) + 1) % len(two)]
    whole: list[Sequence[Held]] = [*one, next_one]
    closed: list[Sequence[Held]] = [*(posts for posts in two if posts != next_one), *three]
    made = [each for posts in whole for each in tries(posts, objects, sign_in)]
    made += [each for posts in closed for each in tries(posts, objects, sign_in, what_stays_closed=True)]
    left_out = sum(opened_by(posts, town) for posts in closed for town in TOWNS)
    assert len(made) == (len(whole) + len(closed)) * len(DOORS) * 2 - left_out > 1000
    assert [str(each) for each in made if each.found != each.said] == []


def test_without_the_pairs_the_matrix_is_red(
    objects: Objects, sign_in: SignIn, plainly: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "powers_of", united)
    made = tries([(AUDITOR, A), (SUPERVISOR, B)], objects, sign_in, undo_all=True)
    leaked = Counter(each.door.route for each in made if each.found == OPEN != each.said)
    assert {"check", "return", "change-instrument", "decide", "act-on-payout"} <= set(leaked)
    assert leaked.total() > 30


@pytest.mark.parametrize("first", Role)
def test_a_list_shows_what_is_of_the_places_in_which_its_reader_may_read_it(
    first: Role, objects: Objects, sign_in: SignIn
) -> None:
    for second in Role:
        with taken_back():
            client = sign_in(hired([(first, A), (second, B)]))
            for route, listing in LISTS.items():
                address = reverse(f"desk:{route}")
                response = (
                    client.get(address) if listing.posted is None else client.post(address, listing.posted)
                )
                page = response.getvalue().decode()
                shown = [mark(route, town, objects[town]) in page for town in TOWNS]
                assert shown == [first in listing.readers, second in listing.readers], (route, first, second)
                assert (response.status_code == HTTPStatus.OK) == any(shown), (route, first, second)


def test_three_posts_are_three_sets_of_powers_and_no_more() -> None:
    count = 0
    for roles in product(Role, repeat=3):
        posts = [unsaved(role, town) for role, town in zip(roles, (A, B, A), strict=True)]
        powers = powers_of(posts)
        for place, permission in product({post.scope for post in posts}, Permission):
            said = any(permission in PERMISSIONS[Role(post.role)] for post in posts if post.scope == place)
            assert ((place, permission) in powers) == said, (roles, place, permission)
            count += 1
        assert {place for place, _permission in powers} == {post.scope for post in posts}
    assert count > 2 * len(Role) ** 3 * len(Permission)


@pytest.fixture
def objects(settings: Settings) -> Objects:
    """Every object of both towns, made once a process and put back for each test."""
    kept(
        "both towns",
        lambda: MADE.update((town, everything(town)) for town in TOWNS),
        files=[_files(settings)],
    )
    return MADE


def _files(settings: Settings) -> Path:
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def plainly(settings: Settings) -> None:
    """Pages without words: the matrix asks which doors open, and the lists what is behind them."""

    class Empty(dict[str, str]):
        def __missing__(self, name: str) -> str:
            return ""

    loaders = [("django.template.loaders.locmem.Loader", Empty())]
    engine = "django.template.backends.django.DjangoTemplates"
    settings.TEMPLATES = [{"BACKEND": engine, "OPTIONS": {"loaders": loaders}}]
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"


def opened_by(posts: Sequence[Held], town: Town) -> int:
    """How many doors a post opens at a town."""
    here = {role for role, where in posts if where == town}
    return sum(bool(here & door.opens) for door in DOORS)


def tries(
    posts: Sequence[Held],
    objects: Objects,
    sign_in: SignIn,
    *,
    what_stays_closed: bool = False,
    undo_all: bool = False,
) -> list[Tried]:
    """A person with these posts at each door, with an object of each town.

    What one post opens is tried with that post alone and with one other; combinations with the others are left out if
    only `what_stays_closed` is asked.
    """
    said = " and ".join(f"{role} of {where.code}" for role, where in posts)
    with taken_back():
        client = sign_in(hired(posts))
        return [
            Tried(
                what=f"{said}: {door.route} {door.after} of {town.code}",
                door=door,
                found=entered(client, door, objects[town][door.route], undo=undo_all or expected == OPEN),
                said=expected,
            )
            for door, town in product(DOORS, TOWNS)
            if (expected := allowed(door, town, posts)) != OPEN or not what_stays_closed
        ]


def allowed(door: Door, town: Town, posts: Sequence[Held]) -> object:
    """What the table says of a door, an object of a town, and a person with these posts."""
    enters = door.enters or door.opens
    here = {role for role, where in posts if where == town}
    if here & door.opens:
        return OPEN
    if here & enters or not {role for role, _where in posts} & enters:
        return FORBIDDEN
    return ABSENT


def entered(client: Client, door: Door, arguments: Arguments, *, undo: bool) -> object:
    """The status of a route; the effects of an open one are rolled back for the next."""
    address = reverse(f"desk:{door.route}", args=[*arguments, *([door.after] if door.after else [])])
    if door.posted is None:
        status = client.get(address).status_code
    else:
        with taken_back() if undo else nullcontext():
            status = client.post(address, door.posted).status_code
    return OPEN if status in ENTERED else status


def mark(route: str, town: Town, of_town: dict[str, Arguments]) -> str:
    """The text that a list shows to those who may read there."""
    objects = ("inspection", "payout", "waiver", "deposit", "staff-member", "mandate", "territory-change")
    named = (*objects, "end-standard-condition", "violation")
    pages = {name: reverse(f"desk:{name}", args=of_town[name]) for name in named}
    return LISTS[route].mark.format(town=town, pages=pages)


def hired(posts: Sequence[Held]) -> Person:
    """A person with these posts and a second factor."""
    name = "-".join(f"{role}.{town.code}" for role, town in posts)
    person = Person.objects.create(email=f"{name}@town.example", kind=PersonKind.STAFF, name_en=name)
    for role, town in posts:
        works.hire(person, role, at=town.house(role))
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    return person


def unsaved(role: Role, town: Town) -> Post:
    """A post as it would be held in a town."""
    if role in ANSWERING:
        return Post(role=role, agency_id=town.agency)
    return Post(
        role=role, authority_id=town.code, committee="building" if role is Role.COMMITTEE_MEMBER else ""
    )


def united(posts: Sequence[Post]) -> frozenset[Power]:
    """The powers as they were before: every permission of any post, at the place of every post."""
    powers = powers_of(posts)
    return frozenset(product({place for place, _what in powers}, {what for _place, what in powers}))
