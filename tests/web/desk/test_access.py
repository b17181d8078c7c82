"""Who may enter which page of the desk: every route, every role, one's own authority and another."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.models import Instrument
from rukhsa.personal.own_looks import LOOKS
from rukhsa.review import inspection, participant
from rukhsa.web.desk.urls import urlpatterns
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.taken_back import taken_back
from tests.web.desk.addresses import Address, addresses
from tests.web.desk.conftest import (
    SignIn,
    person,
)
from tests.web.desk.routes import OF_NOBODY, POSTED

OPEN, FORBIDDEN, ABSENT = "open", HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND
NOBODY = {
    "salem": FORBIDDEN,
    "mariam": FORBIDDEN,
    "yusuf": FORBIDDEN,
    "auditor": FORBIDDEN,
    "noor": FORBIDDEN,
    "huda": FORBIDDEN,
    "jasim": FORBIDDEN,
    "khalid": FORBIDDEN,
}
FINANCE = NOBODY | {"mariam": OPEN, "huda": OPEN}
RECONCILING = NOBODY | {"huda": OPEN}
WAIVERS = FINANCE | {"salem": OPEN}
OFFICERS = NOBODY | {"salem": OPEN, "mariam": OPEN}

# For each route, who may enter at the authority (or the agency) to which its object belongs.
MATRIX: dict[str, dict[str, object]] = {
    "home": dict.fromkeys(NOBODY, OPEN),
    "keys": dict.fromkeys(NOBODY, OPEN),
    "today": dict.fromkeys(NOBODY, OPEN),
    **dict.fromkeys(("queue", "search", "next-in-line", "decide-many", "note"), OFFICERS),
    **dict.fromkeys(("workload", "distribute"), NOBODY | {"mariam": OPEN}),
    "stalled": OFFICERS,
    **dict.fromkeys(("application", "printout", "purpose"), OFFICERS | {"yusuf": OPEN}),
    **dict.fromkeys(("take", "hand-over", "check", "refer", "return"), OFFICERS),
    "decide": OFFICERS,
    **dict.fromkeys(("second-looks", "second-look"), OFFICERS),
    "alarms": NOBODY | {"mariam": OPEN},
    "process": OFFICERS,
    "propose": OFFICERS,
    "confirm": OFFICERS,
    "disagree": OFFICERS,
    **dict.fromkeys(("conversations", "conversation", "enclosure", "feedback"), OFFICERS),
    **dict.fromkeys(("deeds", "deed", "deed-file"), OFFICERS),
    "shared": NOBODY | {"noor": OPEN},
    "sittings": OFFICERS,
    "sitting": OFFICERS,
    "conclude": OFFICERS,
    "minutes": OFFICERS | {"yusuf": OPEN, "khalid": OPEN},
    "matters": NOBODY | {"khalid": OPEN},
    "matter": NOBODY | {"khalid": OPEN},
    **dict.fromkeys(
        ("file", "original", "view-file", "file-page"),
        OFFICERS | {"yusuf": OPEN, "noor": OPEN, "khalid": OPEN},
    ),
    "photo": OFFICERS | {"yusuf": OPEN},
    "referrals": NOBODY | {"noor": OPEN},
    "referral": NOBODY | {"noor": OPEN},
    "act-on-referral": NOBODY | {"noor": OPEN},
    **dict.fromkeys(("add-step", "take-back-step", "add-case-files"), OFFICERS),
    "case-file": OFFICERS | {"yusuf": OPEN},
    "opinion-file": OFFICERS | {"yusuf": OPEN, "noor": OPEN, "khalid": OPEN},
    **dict.fromkeys(("rule-on-condition", "ask-again", "choose-documents"), OFFICERS),
    # The pages of an agency's coordinator, and of an administrator who names one (test_agency.py).
    **dict.fromkeys(("agency", "invite-to-agency", "name-coordinator", "act-on-agency-post"), NOBODY),
    **dict.fromkeys(("make-agency-key", "end-agency-key", "register-webhook", "end-webhook"), NOBODY),
    **dict.fromkeys(("add-standard-condition", "end-standard-condition"), NOBODY),
    **dict.fromkeys(("prepare-agenda", "call-off", "draw-minutes"), OFFICERS),
    **dict.fromkeys(
        ("agenda", "papers", "bound-papers", "bind-papers", "signed-minutes"), OFFICERS | {"khalid": OPEN}
    ),
    "act-on-signed-minutes": NOBODY | {"khalid": OPEN},
    "inspections": NOBODY | {"yusuf": OPEN},
    **dict.fromkeys(("inspection", "offer-times"), NOBODY | {"yusuf": OPEN}),
    **dict.fromkeys(
        ("rounds", "plan-round", "round", "act-on-round"), NOBODY | {"yusuf": OPEN, "mariam": OPEN}
    ),
    **dict.fromkeys(("field", "field-worker", "field-manifest", "field-round"), NOBODY | {"yusuf": OPEN}),
    **dict.fromkeys(("field-visit", "field-photo", "field-report"), NOBODY | {"yusuf": OPEN}),
    **dict.fromkeys(
        ("field-reports", "settle-field-report", "field-report-photo"), NOBODY | {"mariam": OPEN}
    ),
    "instruments": OFFICERS | {"yusuf": OPEN, "auditor": OPEN},
    "instrument": OFFICERS | {"yusuf": OPEN, "auditor": OPEN},
    "instrument-file": OFFICERS | {"yusuf": OPEN, "auditor": OPEN},
    "change-instrument": OFFICERS,  # a proposal to revoke
    "act-on-revocation": NOBODY | {"mariam": OPEN},  # an approval
    **dict.fromkeys(("correct-instrument", "act-on-suspension", "note-on-file"), OFFICERS),  # a confirmation
    "act-on-correction": NOBODY | {"mariam": OPEN},  # an approval
    **dict.fromkeys(
        ("violations", "violation", "violation-notice", "violation-photo"),
        OFFICERS | {"yusuf": OPEN, "auditor": OPEN},
    ),
    **dict.fromkeys(("record-violation", "act-on-violation"), OFFICERS | {"yusuf": OPEN}),  # taking it back
    "withdraw-violation": OFFICERS | {"yusuf": OPEN},
    "act-on-withdrawal": NOBODY | {"mariam": OPEN},  # an approval
    "payouts": FINANCE,
    "owed": NOBODY | {"huda": OPEN},
    "payout": FINANCE,
    "act-on-payout": FINANCE,  # an approval
    **dict.fromkeys(("bank-answers", "make-bank-file", "take-bank-file"), NOBODY | {"huda": OPEN}),
    **dict.fromkeys(("bank-answer", "bank-file", "act-on-bank-file"), FINANCE),  # an approval
    "money": WAIVERS | {"auditor": OPEN},
    "findings": WAIVERS | {"auditor": OPEN},
    "issue-paper": FINANCE,
    "attempt": FINANCE,
    "act-on-attempt": FINANCE,  # asking its gateway
    "deposits": WAIVERS | {"auditor": OPEN},
    "deposit": WAIVERS | {"auditor": OPEN},
    "forfeit": OFFICERS,
    "act-on-forfeiture": WAIVERS,  # a refusal without a reason
    "deposit-photo": WAIVERS | {"auditor": OPEN},
    "charge": WAIVERS | {"auditor": OPEN},
    "propose-waiver": WAIVERS,
    "waivers": WAIVERS | {"auditor": OPEN},
    "waiver": WAIVERS | {"auditor": OPEN},
    "act-on-waiver": FINANCE,  # a refusal without a reason
    "gateways": FINANCE,
    "ask-gateway": FINANCE,
    "statements": RECONCILING,
    "differences": RECONCILING,
    "difference": RECONCILING,
    "act-on-difference": RECONCILING,  # an explanation without words
    "cash": RECONCILING,
    "income": RECONCILING,
    **dict.fromkeys(
        ("places", "find-place", "governorate", "block", "road", "building", "parcels", "parcel"),
        OFFICERS | {"yusuf": OPEN, "auditor": OPEN},
    ),
    "catalogue": OFFICERS,
    "definition-schema": OFFICERS,
    "check-definition": OFFICERS,
    "definition-form": OFFICERS,
    "definition-cost": OFFICERS,
    "definition-picture": OFFICERS,
    "definition-changes": OFFICERS,
    **dict.fromkeys(("definition", "fees-of-service"), OFFICERS),
    "service-proposal": OFFICERS,
    "act-on-service-proposal": OFFICERS,  # taking back what is not one's own is for the second person
    **dict.fromkeys(("figures", "figure-definitions"), NOBODY | {"jasim": OPEN, "huda": OPEN}),
    "costs": NOBODY | {"jasim": OPEN},
    "journal": NOBODY | {"mariam": OPEN, "auditor": OPEN},
    **dict.fromkeys(
        (
            *("people", "retention", "propose-erasure", "act-on-erasure", "propose-hold", "act-on-hold"),
            *("exports", "make-export", "take-export"),
        ),
        NOBODY,
    ),
    "export-journal": NOBODY | {"mariam": OPEN, "auditor": OPEN},
    "journal-of-application": NOBODY | {"mariam": OPEN, "auditor": OPEN},
    **dict.fromkeys(("mandates", "mandate"), OFFICERS | {"auditor": OPEN}),
    **dict.fromkeys(
        ("propose-mandate", "act-on-mandate", "act-on-deputy", "resolve-silence"), NOBODY | {"mariam": OPEN}
    ),
    **dict.fromkeys(("absences", "act-on-absence"), OFFICERS),
    # The security log and the accounts are for posts of their own (test_two_posts.py).
    **dict.fromkeys(
        ("security-log", "export-security-log", "sign-out-applicant", "staff", "invite-staff"), NOBODY
    ),
    **dict.fromkeys(("staff-member", "act-on-staff", "staff-change", "act-on-staff-change"), NOBODY),
    **dict.fromkeys(
        (
            "running",
            "job",
            "retry-job",
            "planned-work",
            "withdraw-work",
            "unsent",
            "send-again",
            "key-health",
        ),
        NOBODY,
    ),
    **dict.fromkeys(("stop-issuing", "ask-to-start", "act-on-start", "change-setting"), NOBODY),
    **dict.fromkeys(
        ("settings", "settings-of", "export-settings", "territory-change", "act-on-territory-change"),
        NOBODY | {"mariam": OPEN},
    ),
    **dict.fromkeys(
        ("account", "declaration", "letters", "password", "end-session", "end-other-sessions"),
        dict.fromkeys(NOBODY, OPEN),
    ),
}


@pytest.fixture
def address(visited: Application, instrument: Instrument) -> Address:
    """The address of a route, with the object that it needs."""
    return addresses(visited, instrument)


def test_every_route_of_the_desk_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(MATRIX)


def test_every_view_of_the_desk_declares_its_access() -> None:
    for pattern in urlpatterns:
        assert pattern.callback.access.signed_in, pattern.name


@pytest.mark.django_db
def test_the_routes_are_open_to_those_with_the_role_and_to_no_other(
    address: Address, sign_in: SignIn
) -> None:
    for name in NOBODY:
        with taken_back():
            client = sign_in(person(name, works.agency() if name == "noor" else works.authority()))
            found = {route: outcome(tried(client, route, address(route))) for route in MATRIX}
        assert found == {route: roles[name] for route, roles in MATRIX.items()}, name


@pytest.mark.django_db
def test_what_belongs_to_another_authority_looks_absent(address: Address, sign_in: SignIn) -> None:
    for name in NOBODY:
        routes = [route for route, roles in MATRIX.items() if route not in OF_NOBODY and roles[name] == OPEN]
        with taken_back():
            place = works.agency("gas") if name == "noor" else works.authority("MUH", 2)
            client = sign_in(person(name, place))
            found = {route: tried(client, route, address(route)) for route in routes}
        assert found == dict.fromkeys(routes, ABSENT), name


@pytest.mark.django_db
def test_it_is_the_reach_that_hides_what_belongs_to_another_authority(
    address: Address, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = sign_in(person("salem", works.authority("MUH", 2)))
    assert enter(elsewhere, "application", address("application")) == ABSENT
    monkeypatch.setattr(participant, "applications", lambda actor, *also: Application.objects.all())
    assert enter(elsewhere, "application", address("application")) == HTTPStatus.OK


@pytest.mark.django_db
def test_it_is_the_declaration_that_closes_a_page(
    address: Address, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = sign_in(person("noor", works.agency()))
    assert enter(noor, "journal", address("journal")) == FORBIDDEN
    monkeypatch.setattr(Actor, "require_somewhere", lambda actor, *permissions: None)
    assert enter(noor, "journal", address("journal")) == HTTPStatus.OK


@pytest.mark.django_db
def test_every_look_at_what_belongs_to_an_application_is_shown_to_its_applicant(
    address: Address, sign_in: SignIn
) -> None:
    seen: set[str] = set()
    for name in NOBODY:
        with taken_back():
            client = sign_in(person(name, works.agency() if name == "noor" else works.authority()))
            for route in set(MATRIX) - POSTED:
                enter(client, route, address(route))
            looked = JournalEntry.objects.filter(
                application__isnull=False, act__regex="^(see|print|load|export)-"
            )
            seen.update(looked.values_list("act", flat=True))
    assert len(seen) > 15
    assert seen - set(LOOKS) == set()


@pytest.mark.django_db
def test_nobody_enters_without_signing_in(address: Address, client: Client) -> None:
    for route in MATRIX:
        response = enter_raw(client, route, address(route))
        assert response.status_code == HTTPStatus.FOUND, route
        assert response.url.startswith("/desk/sign-in"), route


@pytest.mark.django_db
def test_applicants_find_no_desk(application: Application, sign_in: SignIn) -> None:
    layla = sign_in(works.layla())
    for route in ("home", "queue", "referrals", "inspections", "instruments", "journal"):
        assert layla.get(reverse(f"desk:{route}")).status_code == FORBIDDEN
    assert layla.get(reverse("desk:application", args=[application.pk])).status_code == FORBIDDEN


@pytest.mark.django_db
def test_an_inspector_opens_only_applications_with_a_visit(application: Application, sign_in: SignIn) -> None:
    yusuf = sign_in(person("yusuf", works.authority()))
    page = reverse("desk:application", args=[application.pk])
    assert yusuf.get(page).status_code == ABSENT
    inspection.order_after_issue(application, anchors={"end": SUNDAY.date()}, at=SUNDAY)
    assert yusuf.get(page).status_code == HTTPStatus.OK


@pytest.mark.django_db
def test_a_lost_post_closes_the_desk_at_once(application: Application, sign_in: SignIn) -> None:
    who = person("salem", works.authority())
    salem = sign_in(who)
    assert salem.get(reverse("desk:queue")).status_code == HTTPStatus.OK
    who.posts.update(ends_on=SUNDAY.date().replace(year=2025))
    assert salem.get(reverse("desk:queue")).status_code == FORBIDDEN


def enter(client: Client, route: str, where: str) -> int:
    """The status that a route answers with."""
    return enter_raw(client, route, where).status_code


def tried(client: Client, route: str, where: str) -> int:
    """The status of a route; its effects are rolled back for the next one."""
    with taken_back():
        return enter(client, route, where)


def enter_raw(client: Client, route: str, where: str):  # type: ignore[no-untyped-def]
    """What a route answers."""
    return client.post(where) if route in POSTED else client.get(where)  # type: ignore[attr-defined]


def outcome(status: int) -> object:
    """A refused act counts as entered: the form was read."""
    entered = {HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
    return OPEN if status in entered else status
