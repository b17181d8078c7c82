"""Who may enter which page of the desk: every route, every role, one's own authority and another."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.models import Instrument, Stall
from rukhsa.payments.forfeiture import propose_forfeiture
from rukhsa.payments.payout import propose_payout
from rukhsa.payments.waiver import propose_waiver
from rukhsa.review import inspection, participant
from rukhsa.review.inspection import InspectionReport
from rukhsa.rounds.round import plan_round
from rukhsa.values.money import Money
from rukhsa.web.desk.urls import urlpatterns
from tests.mandated import waiting_for_a_signature
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.taken_back import taken_back
from tests.web.desk.before_others import before_others, revocation_of
from tests.web.desk.conftest import (
    IBAN,
    SignIn,
    deed_sent,
    differing,
    made_up_parcel,
    owed_charge,
    paid_deposit,
    person,
    proposed_text,
    released,
    written,
)

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
    **dict.fromkeys(("queue", "search", "next-in-line", "decide-many", "note"), OFFICERS),
    **dict.fromkeys(("workload", "distribute"), NOBODY | {"mariam": OPEN}),
    "stalled": OFFICERS,
    **dict.fromkeys(("application", "printout"), OFFICERS | {"yusuf": OPEN}),
    **dict.fromkeys(("take", "hand-over", "check", "refer", "return"), OFFICERS),
    "decide": OFFICERS,
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
    **dict.fromkeys(("file", "original"), OFFICERS | {"yusuf": OPEN, "noor": OPEN, "khalid": OPEN}),
    "photo": OFFICERS | {"yusuf": OPEN},
    "referrals": NOBODY | {"noor": OPEN},
    "referral": NOBODY | {"noor": OPEN},
    "inspections": NOBODY | {"yusuf": OPEN},
    **dict.fromkeys(("inspection", "offer-times"), NOBODY | {"yusuf": OPEN}),
    **dict.fromkeys(
        ("rounds", "plan-round", "round", "act-on-round"), NOBODY | {"yusuf": OPEN, "mariam": OPEN}
    ),
    "instruments": OFFICERS | {"yusuf": OPEN, "auditor": OPEN},
    "instrument": OFFICERS | {"yusuf": OPEN, "auditor": OPEN},
    "instrument-file": OFFICERS | {"yusuf": OPEN, "auditor": OPEN},
    "change-instrument": OFFICERS,  # a proposal to revoke
    "act-on-revocation": NOBODY | {"mariam": OPEN},  # an approval
    "payouts": FINANCE,
    "owed": NOBODY | {"huda": OPEN},
    "payout": FINANCE,
    "act-on-payout": FINANCE,  # an approval
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
    "definition": OFFICERS,
    "service-proposal": OFFICERS,
    "act-on-service-proposal": OFFICERS,  # taking back what is not one's own is for the second person
    **dict.fromkeys(("figures", "figure-definitions"), NOBODY | {"jasim": OPEN, "huda": OPEN}),
    "costs": NOBODY | {"jasim": OPEN},
    "journal": NOBODY | {"mariam": OPEN, "auditor": OPEN},
    "export-journal": NOBODY | {"mariam": OPEN, "auditor": OPEN},
    "journal-of-application": NOBODY | {"mariam": OPEN, "auditor": OPEN},
    **dict.fromkeys(("mandates", "mandate"), OFFICERS | {"auditor": OPEN}),
    **dict.fromkeys(
        ("propose-mandate", "act-on-mandate", "act-on-deputy", "resolve-silence"), NOBODY | {"mariam": OPEN}
    ),
    **dict.fromkeys(("absences", "act-on-absence"), OFFICERS),
    # The security log and the accounts are for posts of their own (test_two_posts.py).
    **dict.fromkeys(("security-log", "export-security-log", "staff", "invite-staff"), NOBODY),
    **dict.fromkeys(("staff-member", "act-on-staff", "staff-change", "act-on-staff-change"), NOBODY),
    # So is what runs, which administrators and operators see.
    **dict.fromkeys(
        ("running", "job", "retry-job", "unsent", "send-again", "key-health", "stop-issuing", "ask-to-start"),
        NOBODY,
    ),
    "act-on-start": NOBODY,
    **dict.fromkeys(
        ("account", "declaration", "password", "end-session", "end-other-sessions"),
        dict.fromkeys(NOBODY, OPEN),
    ),
}
OF_NOBODY = {
    *("figures", "figure-definitions", "costs"),
    *("next-in-line", "decide-many", "workload", "distribute"),
    *("home", "keys", "queue", "search", "stalled", "referrals", "inspections", "instruments", "payouts"),
    *("gateways", "ask-gateway", "journal", "export-journal", "waivers", "deposits", "sittings", "matters"),
    *(
        "conversations",
        "feedback",
        "shared",
        "statements",
        "differences",
        "cash",
        "catalogue",
        "deeds",
        "deed",
    ),
    *(
        "deed-file",
        "definition-schema",
        "check-definition",
        "definition-form",
        "definition-cost",
        "definition-picture",
    ),
    *("definition-changes", "definition", "service-proposal", "act-on-service-proposal"),  # every authority's
    *("money", "findings", "places", "find-place"),
    *("account", "declaration", "password", "end-session", "end-other-sessions"),
    *("mandates", "absences", "act-on-absence", "rounds", "plan-round"),
}
POSTED = {
    *("plan-round", "act-on-round"),
    *("offer-times", "next-in-line", "distribute", "note"),
    *("search", "take", "hand-over", "check", "refer", "return", "decide", "change-instrument"),
    "act-on-revocation",
    *("act-on-payout", "ask-gateway", "propose-waiver", "act-on-waiver", "forfeit", "act-on-difference"),
    "act-on-forfeiture",
    "issue-paper",
    *("propose", "confirm", "disagree", "check-definition", "definition-form", "definition-cost"),
    *("definition-picture", "definition-changes", "act-on-service-proposal"),
    *("act-on-attempt", "find-place", "act-on-mandate", "act-on-deputy", "act-on-absence", "resolve-silence"),
    *("retry-job", "send-again", "stop-issuing", "ask-to-start", "act-on-start"),
    *(
        "export-security-log",
        "export-journal",
        "act-on-staff",
        "act-on-staff-change",
        "end-session",
        "end-other-sessions",
    ),
}

Address = Callable[[str], str]


@pytest.fixture
def address(visited: Application, instrument: Instrument) -> Address:
    """The address of a route, with the object that it needs."""
    visit = visited.inspections.get()
    yusuf = works.act_as(person("yusuf", works.authority()))
    file = visited.attachments.get()
    points = {"marked": False, "clear": True}
    inspection.report(visit, False, points, "Mark it.", [file.digest], actor=yusuf, at=SUNDAY)
    report = InspectionReport.objects.get()
    owed, asked = (released(visited, number) for number in (1, 2))
    finance = works.act_as(person("finance", works.authority()))
    payout = propose_payout(asked, "bank-transfer", iban=IBAN, actor=finance, at=SUNDAY)
    proposal, sitting, minutes = before_others(visited, file.digest)
    line = paid_deposit(visited, 3)
    attempt = line.charge.attempts.get()
    part = Money(minor=1_000, currency="BHD")
    salem = works.act_as(person("salem", works.authority()))
    kept = propose_forfeiture(line, part, reason="كسر", photos=[file.digest], actor=salem, at=SUNDAY)
    refusal = Stall.objects.create(
        origin=f"receipt:{line.charge.receipt.pk}", application=visited, code="text-differs", at=SUNDAY
    )
    charge = owed_charge(visited)
    waiver = propose_waiver(charge, "works-fee", charge.money, "سبب", actor=finance, at=SUNDAY)
    difference = differing(visited)
    mandate, deputy = waiting_for_a_signature(salem, person("mariam", works.authority()))
    planned = plan_round([visit.pk], yusuf.person, SUNDAY.date(), actor=yusuf, at=SUNDAY)
    proposed = proposed_text()
    parcel = made_up_parcel()
    message, enclosure = written(visited)
    sent = deed_sent(file.digest)
    arguments: dict[str, list[object]] = {
        "shared": [instrument.pk],
        "conversation": [message.application_id],
        "enclosure": [enclosure.pk],
        **{"staff-member": [attempt.pk], "staff-change": [attempt.pk]},
        **{"act-on-staff": [attempt.pk, "reset"], "act-on-staff-change": [attempt.pk, "approve"]},
        "end-session": [0],
        **{"job": [1], "retry-job": [1], "send-again": [attempt.pk], "act-on-start": [attempt.pk, "approve"]},
        **{"mandate": [mandate.pk], "act-on-mandate": [mandate.pk, "refuse"]},
        "propose-mandate": [mandate.post_id],
        "act-on-deputy": [deputy.pk, "refuse"],
        "act-on-absence": ["away"],
        "resolve-silence": [visited.pk, visited.referrals.earliest("step").pk],
        **{"governorate": ["capital"], "block": [317], "road": [317, 1705], "building": [317, 1705, "12"]},
        **{"parcels": [317], "parcel": [317, parcel.pk]},
        "attempt": [attempt.pk],
        "act-on-attempt": [attempt.pk, "ask"],
        "deposit": [kept.line_id],
        "forfeit": [kept.line_id],
        "deposit-photo": [kept.line_id, file.digest],
        "act-on-forfeiture": [kept.pk, "refuse"],
        "issue-paper": [refusal.pk],
        "charge": [charge.pk],
        "propose-waiver": [charge.pk],
        **{"waiver": [waiver.pk], "act-on-waiver": [waiver.pk, "refuse"]},
        "owed": ["deposit", owed.pk],
        "payout": [payout.pk],
        "act-on-payout": [payout.pk, "approve"],
        "ask-gateway": ["cards"],
        "deed": [sent.pk],
        "deed-file": [sent.pk],
        "definition": ["road-works-licence"],
        "service-proposal": [proposed.pk],
        "act-on-service-proposal": [proposed.pk, "refuse"],
        "difference": [difference.pk],
        "act-on-difference": [difference.pk, "explain"],
        "application": [visited.pk],
        "printout": [visited.pk],
        "take": [visited.pk],
        "note": [visited.pk],
        "hand-over": [visited.pk],
        "check": [visited.pk, "completeness"],
        "refer": [visited.pk, "ewa"],
        "return": [visited.pk],
        "decide": [visited.pk],
        "process": [visited.pk],
        "propose": [visited.pk],
        "confirm": [visited.pk, proposal.pk],
        "disagree": [visited.pk, proposal.pk],
        "sitting": [sitting.pk],
        "conclude": [sitting.pk, visited.pk],
        "minutes": [minutes.pk],
        "matter": [visited.pk],
        "file": [file.pk],
        "original": [file.pk],
        "photo": [report.pk, file.digest],
        "referral": [visited.referrals.get(agency="ewa").pk],
        "inspection": [visit.pk],
        **{"round": [planned.pk], "act-on-round": [planned.pk, "take-off"]},
        "offer-times": [visit.pk],
        "instrument": [instrument.pk],
        "instrument-file": [instrument.pk],
        "change-instrument": [instrument.pk, "revoke"],
        "act-on-revocation": [revocation_of(instrument).pk, "approve"],
        "journal-of-application": [visited.pk],
    }
    return lambda route: reverse(f"desk:{route}", args=arguments.get(route, []))


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
