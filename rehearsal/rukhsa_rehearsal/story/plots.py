"""The plots of the story: the answers for each of the seven services, and what happens on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

ADDRESS = {"flat": "12", "building": "1024", "road": "1705", "block": "317"}
CONTRACTOR = {"number": "12345-1", "name": "شركة الخليج للمقاولات"}
ENGINEER = {"number": "54321-1", "name": "مكتب الخليج الهندسي"}
TURNS = 800  # turns of the story; those from here to 899 are for other tests in the same deployment
IBAN = "BH67 BMAG 0000 1299 1234 56"


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One application of the story."""

    service: str
    answers: Mapping[str, Any]
    gateway: str  # national, cards, or sadad: paid at a kiosk after signing out
    pauses: bool = False  # saves, signs out, and comes back
    is_returned: bool = False  # the officer returns it, and the applicant answers
    refused_first: bool = False  # a similar application was refused before
    expected: str = "valid"  # what anyone reads of the document on the day of issue
    parent: str = ""  # the service whose instrument this one is about


def plots(today: date, *, turn: int) -> tuple[Plot, ...]:
    """The seven plots, each after the one whose instrument it is about.

    Each `turn` (below `TURNS` in the story, 899 at most) has places of its own: a story told again in one world finds
    them free.
    """
    start = (today + timedelta(days=14)).isoformat()
    house = {"building": str(100 + turn), "road": "2413", "block": "324"}
    return (
        _proof_of_residence(today),
        _road_works(start, route=_route(26.22350, 50.57560, turn)),
        _excavation(start, route=_route(26.15300, 50.60700, turn)),
        _small_building(house),
        _drawings_amendment(house),
        _building_completion(today, house),
        _address_change(house),
    )


def _route(latitude: float, longitude: float, turn: int) -> str:
    """Three points in a bent line of about a hundred metres, in a cell of its own of a grid of thirty by thirty."""
    latitude, longitude = latitude + turn % 30 * 0.0005, longitude + turn // 30 * 0.001
    points = ((0, 0), (0.00018, 0.0005), (0.0004, 0.0009))
    return "\n".join(f"{latitude + north:.5f}, {longitude + east:.5f}" for north, east in points)


def _proof_of_residence(today: date) -> Plot:
    return Plot(
        service="proof-of-residence",
        answers={
            "home": ADDRESS,
            "tenure": "tenant",
            "lease-number": "2026-118240",
            "living-since": (today - timedelta(days=400)).isoformat(),
            "purpose": "school",
        },
        gateway="national",
        pauses=True,
        is_returned=True,
    )


def _road_works(start: str, route: str) -> Plot:
    return Plot(
        service="road-works-licence",
        answers={
            "kind": "paving",
            "place": ADDRESS,
            "route": route,
            "closes-lane": "yes",
            "lanes": "1",
            "start": start,
            "days": "30",
            "contractor": CONTRACTOR,
            "site-phone": "3600 1234",
            "on-behalf": "no",
            "iban": IBAN,
        },
        gateway="sadad",
        refused_first=True,
        expected="not-yet-valid",
    )


def _excavation(start: str, route: str) -> Plot:
    return Plot(
        service="excavation-permit",
        answers={
            "network": "water",
            "place": {"building": "200", "road": "1132", "block": "611"},
            "route": route,
            "depth": "1.2",
            "crosses-road": "no",
            "start": start,
            "days": "10",
            "for-ministry": "no",
            "contractor": CONTRACTOR,
            "site-phone": "3600 1234",
            "iban": IBAN,
        },
        gateway="national",
        expected="not-yet-valid",
    )


def _small_building(house: dict[str, str]) -> Plot:
    return Plot(
        service="small-building-permit",
        answers={
            "place": house,
            "parcel": "03-120045",
            "ownership": "sole",
            "use": "residential",
            "works": "room",
            "area": "36.5",
            "floors": "1",
            "more-load": "yes",
            "load": "12",
            "more-water": "no",
            "office": ENGINEER,
        },
        gateway="cards",
    )


def _drawings_amendment(house: dict[str, str]) -> Plot:
    return Plot(
        service="drawings-amendment",
        answers={
            "place": house,
            "parcel": "03-120045",
            "what": "area",
            "use": "residential",
            "area-before": "36.5",
            "area-after": "42",
            "added-area": "5.5",
            "office": ENGINEER,
            "reason": "توسعة الغرفة بعد تعديل موقع السلم.",
        },
        gateway="sadad",
        parent="small-building-permit",
    )


def _building_completion(today: date, house: dict[str, str]) -> Plot:
    return Plot(
        service="building-completion",
        answers={
            "place": house,
            "parcel": "03-120045",
            "completed": today.isoformat(),
            "use": "residential",
            "built-area": "42",
            "office": ENGINEER,
            "iban": IBAN,
        },
        gateway="national",
        parent="small-building-permit",
    )


def _address_change(house: dict[str, str]) -> Plot:
    return Plot(
        service="address-change",
        answers={
            "operation": "amend",
            "place": house,
            "new-address": house | {"building": house["building"] + "A"},
            "reason": "division",
            "parcel": "03-120045",
            "use": "residential",
            "is-owner": "yes",
        },
        gateway="national",
    )
