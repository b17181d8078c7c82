"""An auditor of the Capital Secretariat who supervises Muharraq acts in Muharraq, and only reads in the Capital."""

import uuid
from collections.abc import Callable
from functools import partial
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from rukhsa.accounts.permissions import Permission, Role
from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.issuance.instrument import NoSuchInstrument, revoke
from rukhsa.issuance.models import Instrument, Revocation
from rukhsa.issuance.suspension import reinstate, suspend
from rukhsa.review import participant, sitting
from rukhsa.review.check import check
from rukhsa.review.finding import return_to_applicant
from rukhsa.review.sitting import SittingUnfit
from rukhsa.web import first_visit
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.alike import without_what_differs
from tests.web.desk.conftest import SignIn
from tests.web.desk.holdings import A, B, Town, application_for, instrument_of, own

pytestmark = pytest.mark.django_db
REASON = {"reason": "مخالفة", "confirmed": "yes"}

Act = tuple[str, list[str], dict[str, str]]
ACTS: list[Act] = [
    ("desk:check", ["completeness"], {}),
    ("desk:return", [], {"about": "", "text": "Add the drawing."}),
    ("desk:decide", [], {"outcome": "refused", "reasons": "No.", "confirmed": "yes"}),
    ("desk:take", [], {}),
]


@pytest.fixture
def towns() -> dict[Town, Application]:
    """An application in each, just submitted, and a document that was issued for it."""
    made = {town: application_for(town) for town in (A, B)}
    for town, application in made.items():
        instrument_of(application, town)
    return made


@pytest.fixture
def fatima(towns: dict[Town, Application], sign_in: SignIn) -> Client:
    """The browser of Fatima, who holds both posts."""
    return sign_in(_fatima())


def _fatima():  # type: ignore[no-untyped-def]
    person = works.staff("fatima@town.example", "فاطمة", "Fatima", Role.AUDITOR, at=A.house(Role.AUDITOR))
    works.hire(person, Role.SUPERVISOR, at=B.house(Role.SUPERVISOR))
    Authenticator.objects.get_or_create(user=person, type=Authenticator.Type.TOTP, defaults={"data": {}})
    return person


@pytest.mark.parametrize("act", ACTS, ids=[route for route, _more, _posted in ACTS])
def test_she_examines_and_returns_in_muharraq_and_not_in_the_capital(
    act: Act, towns: dict[Town, Application], fatima: Client
) -> None:
    route, more, posted = act
    done = JournalEntry.objects.filter(is_security=False)  # that she was refused is in the security log
    before = done.count(), towns[A].steps.count()
    assert _post(fatima, route, [towns[A].pk, *more], posted) == HTTPStatus.NOT_FOUND
    assert (done.count(), towns[A].steps.count()) == before
    assert not towns[A].checks.exists()
    assert not towns[A].assignments.exists()
    assert _post(fatima, route, [towns[B].pk, *more], posted) == HTTPStatus.FOUND


@pytest.mark.parametrize("change", ["suspend", "revoke"])
def test_she_revokes_in_muharraq_and_not_in_the_capital(
    change: str, towns: dict[Town, Application], fatima: Client
) -> None:
    there, here = (Instrument.objects.get(intent__application=towns[town]) for town in (A, B))
    assert _post(fatima, "desk:change-instrument", [there.pk, change], REASON) == HTTPStatus.NOT_FOUND
    assert not there.suspensions.exists()
    assert not Revocation.objects.exists()
    assert _post(fatima, "desk:change-instrument", [here.pk, change], REASON) == HTTPStatus.FOUND
    assert here.suspensions.exists() or here.revocation_proposals.exists()
    assert not Revocation.objects.exists()  # a second person revokes


def test_a_page_shows_the_acts_that_are_hers_there(towns: dict[Town, Application], fatima: Client) -> None:
    pages = {}
    for town, application in towns.items():
        instrument = Instrument.objects.get(intent__application=application)
        response = fatima.get(reverse("desk:instrument", args=[instrument.pk]))
        assert response.status_code == HTTPStatus.OK
        pages[town] = response.content.decode()
    assert [f"/{act}" in pages[B] for act in ("suspend", "revoke")] == [True, True]
    assert [f"/{act}" in pages[A] for act in ("suspend", "revoke")] == [False, False]
    links = [reverse("desk:application", args=[application.pk]) for application in towns.values()]
    assert [links[0] in pages[A], links[1] in pages[B]] == [False, True]


@pytest.mark.parametrize(
    ("route", "more", "posted"),
    [
        *ACTS,
        ("desk:application", [], None),
        ("desk:process", [], None),
        ("desk:change-instrument", ["revoke"], REASON),
    ],
)
def test_what_she_may_not_touch_and_what_is_not_there_look_alike(
    route: str,
    more: list[str],
    posted: dict[str, str] | None,
    towns: dict[Town, Application],
    fatima: Client,
) -> None:
    instrument = Instrument.objects.get(intent__application=towns[A])
    there = instrument.pk if route == "desk:change-instrument" else towns[A].pk
    told = []
    fatima.cookies[first_visit.COOKIE] = first_visit.version()  # a first visit carries its styles
    for pk in (there, uuid.uuid4()):
        address = reverse(route, args=[pk, *more])
        response = fatima.get(address) if posted is None else fatima.post(address, posted)
        assert response.status_code == HTTPStatus.NOT_FOUND
        told.append(without_what_differs(response.content.decode()).replace(str(pk), ""))
    assert told[0] == told[1]


def test_the_verbs_refuse_without_a_page_in_front_of_them(towns: dict[Town, Application]) -> None:
    fatima = works.act_as(_fatima())
    there, here = (Instrument.objects.get(intent__application=towns[town]) for town in (A, B))
    changes: list[Callable[..., object]] = [
        partial(revoke, proposed_by=own(A, Role.OFFICER)),
        suspend,
        reinstate,
    ]
    for change in changes:
        with pytest.raises(NoSuchInstrument):
            change(there, reason="مخالفة", actor=fatima, at=SUNDAY)
    acts: list[Callable[[Application], object]] = [
        lambda application: check(application, "completeness", actor=fatima, at=SUNDAY),
        lambda application: return_to_applicant(application, [("", "Add it.")], actor=fatima, at=SUNDAY),
    ]
    for act in acts:
        with pytest.raises(Application.DoesNotExist):
            act(towns[A])
        assert act(towns[B])
    assert revoke(here, reason="مخالفة", proposed_by=own(A, Role.OFFICER), actor=fatima, at=SUNDAY)
    with pytest.raises(SittingUnfit):
        sitting.convene(A.house(Role.OFFICER), "building", SUNDAY.date(), [], actor=fatima, at=SUNDAY)  # type: ignore[arg-type]


def test_it_is_the_place_that_keeps_her_out(
    towns: dict[Town, Application], fatima: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    everywhere = frozenset({A.code, B.code})
    monkeypatch.setattr(Actor, "authorities_where", lambda actor, *permissions: everywhere)
    assert _post(fatima, "desk:return", [towns[A].pk], {"about": "", "text": "نقص"}) == HTTPStatus.FOUND


def test_she_reads_the_journal_of_both_and_each_auditor_that_of_one(
    towns: dict[Town, Application], fatima: Client, sign_in: SignIn
) -> None:
    fatima.post(reverse("desk:return", args=[towns[B].pk]), {"about": "", "text": "نقص"})
    fatima.get(reverse("desk:instrument", args=[Instrument.objects.get(intent__application=towns[A]).pk]))
    acts = {"return": B.code, "see-instrument": A.code}
    assert dict(JournalEntry.objects.filter(act__in=acts).values_list("act", "detail__authority")) == acts
    pages = {}
    for town in (A, B):
        auditor = works.staff(
            f"auditor.{town.code}@town.example", "", "", Role.AUDITOR, at=town.house(Role.AUDITOR)
        )
        Authenticator.objects.create(user=auditor, type=Authenticator.Type.TOTP, data={})
        pages[town] = sign_in(auditor).get(reverse("desk:journal")).content.decode().partition("<tbody>")[2]
    both = fatima.get(reverse("desk:journal")).content.decode().partition("<tbody>")[2]
    words = ("Returned to applicant", "Viewed a document")
    assert [[word in page for word in words] for page in (pages[A], pages[B], both)] == [
        [False, True],
        [True, False],
        [True, True],
    ]


def test_asking_needs_a_place(towns: dict[Town, Application]) -> None:
    fatima = works.act_as(_fatima())
    with pytest.raises(TypeError):
        fatima.require(Permission.REVOKE)  # type: ignore[call-arg]
    with pytest.raises(NotPermitted):
        fatima.require(Permission.REVOKE, at=towns[A].scope)
    fatima.require(Permission.REVOKE, at=towns[B].scope)
    assert list(participant.applications(fatima)) == [towns[B]]


def _post(client: Client, route: str, arguments: list[object], posted: dict[str, str]) -> int:
    return client.post(reverse(route, args=arguments), posted).status_code
