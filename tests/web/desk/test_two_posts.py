"""People with one post, with two and with all of them at two authorities, against every route.

What is allowed stands in `allowed.py`, which reads nothing of the product.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
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
from tests import mandated
from tests.kept import kept
from tests.rooms.review import works
from tests.taken_back import taken_back
from tests.web.desk import access_page
from tests.web.desk.allowed import (
    ANSWERING,
    AUDITOR,
    DOORS,
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
    door: int  # its number in the table
    found: object
    said: object

    @property
    def route(self) -> str:
        """The route of the door."""
        return DOORS[self.door].route

    def __str__(self) -> str:
        return f"{self.what}: {self.found}, not {self.said}"


def test_every_route_of_the_desk_is_tried() -> None:
    assert {pattern.name for pattern in urlpatterns} == {
        *(door.route for door in DOORS), *LISTS, *OF_THE_TERRITORY,
    }  # fmt: skip


def test_the_page_that_counts_the_matrix_is_the_one_of_the_table() -> None:
    assert access_page.page() == access_page.PAGE.read_text("utf-8"), (
        "python -m tests.web.desk.access_page writes it again"
    )


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town.code)
def test_a_post_opens_at_its_own_place_what_the_table_says(
    town: Town, objects: Objects, sign_in: SignIn, plainly: None
) -> None:
    made = [
        each
        for role in Role
        for each in tries([(role, town)], objects, sign_in, doors=opened_by(role), towns=[town])
    ]
    assert len(made) == sum(len(opened_by(role)) for role in Role) > 250
    assert [str(each) for each in made if each.found != OPEN] == []


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town.code)
def test_all_the_posts_together_open_no_door_that_the_table_closes(
    town: Town, objects: Objects, sign_in: SignIn, plainly: None
) -> None:
    made = [
        each
        for doors, posts in closing(town)
        for each in tries(posts, objects, sign_in, doors=doors, towns=[town])
    ]
    assert {each.door for each in made} == set(range(len(DOORS)))
    assert [str(each) for each in made if each.found != each.said] == []


def test_no_post_closes_what_another_opens(objects: Objects, sign_in: SignIn, plainly: None) -> None:
    made = tries(every_post(), objects, sign_in)
    assert len(made) == 2 * len(DOORS)
    assert [str(each) for each in made if each.found != OPEN] == []


@pytest.mark.parametrize("first", Role)
def test_two_posts_are_two_sets_of_doors(
    first: Role, objects: Objects, sign_in: SignIn, plainly: None
) -> None:
    made = [
        each
        for second in Role
        for each in tries(
            [(first, A), (second, B)], objects, sign_in, doors=turn_of(first, second), towns=[B]
        )
    ]
    assert len(made) == len(DOORS)
    assert [str(each) for each in made if each.found != each.said] == []


def test_without_the_pairs_the_matrix_is_red(
    objects: Objects, sign_in: SignIn, plainly: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "powers_of", united)
    made = tries([(AUDITOR, A), (SUPERVISOR, B)], objects, sign_in, undo_all=True)
    leaked = Counter(each.route for each in made if each.found == OPEN != each.said)
    assert {"check", "return", "change-instrument", "decide", "act-on-payout"} <= set(leaked)
    assert leaked.total() > 30
    # With all the posts that do not open a door, and all of another place, every door leaks whose object is at a place
    # of any of these posts: no other post is at the agency that is asked, or in the committee that decides.
    made = [
        each
        for doors, posts in closing(B)
        for each in tries(posts, objects, sign_in, doors=doors, towns=[B], undo_all=True)
    ]
    leaking = {each.route for each in made if each.found == OPEN}
    assert {door.route for door in DOORS} - leaking == {"referral", "act-on-referral", "matter"}


@pytest.mark.parametrize("first", Role)
def test_a_list_shows_what_is_of_the_places_in_which_its_reader_may_read_it(
    first: Role, objects: Objects, sign_in: SignIn
) -> None:
    for second in Role:
        routes = [route for number, route in enumerate(LISTS) if at_turn(number, first, second)]
        assert_lists([(first, A), (second, B)], routes, objects, sign_in)


def test_all_the_posts_together_show_in_no_list_what_the_table_hides(
    objects: Objects, sign_in: SignIn
) -> None:
    for readers in {frozenset(listing.readers): None for listing in LISTS.values()}:
        routes = [route for route, listing in LISTS.items() if listing.readers == readers]
        others = [role for role in Role if role not in readers]
        for there in (Role, others):
            posts = [*((role, A) for role in others), *((role, B) for role in there)]
            assert_lists(posts, routes, objects, sign_in)
        mirrored = [*((role, A) for role in Role), *((role, B) for role in others)]
        assert_lists(mirrored, routes, objects, sign_in)


def test_without_the_pairs_a_list_shows_too_much(
    objects: Objects, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "powers_of", united)
    with pytest.raises(AssertionError, match="queue"):
        assert_lists([(Role.OFFICER, A), (AUDITOR, B)], ["queue"], objects, sign_in)


def assert_lists(posts: Sequence[Held], routes: Sequence[str], objects: Objects, sign_in: SignIn) -> None:
    """Each list shows what is of the towns in which one of the posts may read it, and opens for no other reason."""
    if not routes:
        return
    with taken_back():
        client = sign_in(hired(posts))
        for route in routes:
            listing, address = LISTS[route], reverse(f"desk:{route}")
            response = client.get(address) if listing.posted is None else client.post(address, listing.posted)
            page = response.getvalue().decode()
            shown = [mark(route, town, objects[town]) in page for town in TOWNS]
            said = [any(role in listing.readers for role, where in posts if where == town) for town in TOWNS]
            assert shown == said, (route, posts)
            assert (response.status_code == HTTPStatus.OK) == any(shown), (route, posts)


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


def opened_by(role: Role) -> list[int]:
    """The doors that a post in the role opens at its place, by their number in the table."""
    return [number for number, door in enumerate(DOORS) if role in door.opens]


def every_post() -> list[Held]:
    """Every post at both places."""
    return [(role, town) for town in TOWNS for role in Role]


def closing(town: Town) -> list[tuple[list[int], list[Held]]]:
    """For doors that open and are entered alike: all the posts together that leave those of a town closed.

    Whatever fewer posts would open, more of them open too: where all of these open nothing, no two of them do
    (`test_no_post_closes_what_another_opens`). At the town stand the posts that do not open, elsewhere all; then only
    posts that do not enter, with all elsewhere, and with those that do not enter there either.
    """
    (elsewhere,) = (other for other in TOWNS if other != town)
    alike: dict[tuple[Set[Role], Set[Role]], list[int]] = defaultdict(list)
    for number, door in enumerate(DOORS):
        alike[frozenset(door.opens), frozenset(door.enters or door.opens)].append(number)
    found = []
    for (opens, enters), doors in alike.items():
        here, outside = ([role for role in Role if role not in roles] for roles in (opens, enters))
        for at_town, there in ((here, list(Role)), (outside, list(Role)), (outside, outside)):
            posts = [*((role, town) for role in at_town), *((role, elsewhere) for role in there)]
            if (doors, posts) not in found:
                found.append((doors, posts))
    return found


def turn_of(first: Role, second: Role) -> list[int]:
    """The doors at which two roles are tried together: each role meets each door, with another partner at each."""
    return [number for number in range(len(DOORS)) if at_turn(number, first, second)]


def at_turn(number: int, first: Role, second: Role) -> bool:
    """Whether it is the turn of two roles at the door or list of this number."""
    roles = list(Role)
    return (roles.index(first) + number) % len(roles) == roles.index(second)


def tries(
    posts: Sequence[Held],
    objects: Objects,
    sign_in: SignIn,
    *,
    doors: Sequence[int] = range(len(DOORS)),
    towns: Sequence[Town] = TOWNS,
    undo_all: bool = False,
) -> list[Tried]:
    """A person with these posts at each of these doors, with an object of each of these towns."""
    said = " and ".join(f"{role} of {where.code}" for role, where in posts)
    with taken_back():
        client = sign_in(hired(posts))
        return [
            Tried(
                what=f"{said}: {DOORS[number].route} {DOORS[number].after} of {town.code}",
                door=number,
                found=entered(
                    client,
                    DOORS[number],
                    objects[town][DOORS[number].route],
                    undo=undo_all or expected == OPEN,
                ),
                said=expected,
            )
            for number, town in product(doors, towns)
            if (expected := allowed(DOORS[number], town, posts))
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
    named = (*objects, "bank-answer", "end-standard-condition", "violation")
    pages = {name: reverse(f"desk:{name}", args=of_town[name]) for name in named}
    return LISTS[route].mark.format(town=town, pages=pages)


def hired(posts: Sequence[Held]) -> Person:
    """A person with these posts and a second factor."""
    person = Person.objects.create(email="hired@town.example", kind=PersonKind.STAFF, name_en="Hired")
    held = [unsaved(role, town) for role, town in posts]
    for post in held:
        post.person, post.starts_on = person, works.HIRED
    mandated.empower(
        *Post.objects.bulk_create(held)
    )  # all at once: ten statements for each would be half of the work
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
