"""The address register on the desk: browsed from the governorate to the flat, searched, with its history."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rukhsa.audit.models import JournalEntry
from rukhsa.issuance.models import Instrument
from rukhsa.places.models import Block, ParcelEntry, RegisterChange
from rukhsa.places.occupation import occupy, vacate
from rukhsa.places.register import change_register
from rukhsa.values.periods import Period
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, made_up_parcel, person

pytestmark = pytest.mark.django_db
HOME = {"building": "12", "road": 1705, "block": 317}
FLAT = {**HOME, "flat": "3"}
BUILDING = "/desk/places/317/1705/12/"


@pytest.fixture(autouse=True)
def blocks(db: None) -> None:
    for code, number in (("CAP", 317), ("MUH", 203)):
        place = works.authority(code, 1 if code == "CAP" else 2)
        Block.objects.get_or_create(
            number=number, defaults={"authority": place, "area_ar": "المنامة", "area_en": "Manama"}
        )
    with connection.cursor() as cursor:
        # Real instruments are tested elsewhere: tests/rooms/issuance/test_status.py.
        cursor.execute("DROP TRIGGER places_register_by_instrument ON places_registerchange")


def enter(address: dict[str, object], instrument: str, operation: str = "add", **more: object) -> None:
    known: dict[str, object] = {"new": None, **more}
    change_register(operation, old=address, instrument=instrument, actor=None, at=SUNDAY, **known)  # type: ignore[arg-type]


def shown(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == HTTPStatus.OK, where
    return answer.content.decode()


def test_an_empty_register_says_so_on_every_page(salem: Client) -> None:
    assert "The register of addresses is empty" in shown(salem, "/desk/places/")
    for page in ("governorates/capital/", "317/", "317/1705/"):
        assert "317" in shown(salem, f"/desk/places/{page}") or page == "317/1705/"
    assert "No addresses are registered here yet" in shown(salem, "/desk/places/317/")
    assert "This building is not in the register yet" in shown(salem, BUILDING)
    salem.cookies["rukhsa-language"] = "ar"
    assert "سجل العناوين فارغ" in shown(salem, "/desk/places/")


def test_one_browses_from_the_governorate_to_the_flats_and_reads_what_happened(
    salem: Client, sign_in: SignIn, instrument: Instrument
) -> None:
    enter(HOME, instrument.number)
    enter(FLAT, "CAP-AC-2026-000002-X")
    enter(FLAT, "CAP-AC-2026-000003-X", "delete")
    step = "/desk/places/"
    for link in (
        "/desk/places/governorates/capital/",
        "/desk/places/317/",
        "/desk/places/317/1705/",
        BUILDING,
    ):
        assert f'href="{link}"' in shown(salem, step)
        step = link
    enter({**HOME, "building": "14"}, "CAP-AC-2026-000004-X", "amend", new={**HOME, "flat": "4"})
    page = shown(salem, BUILDING)
    assert page.count("entered") == 3
    assert page.count("struck") == 1
    assert "in place of" in page
    assert 'href="/desk/places/317/1705/14/"' in page
    assert reverse("desk:instrument", args=[instrument.pk]) in page
    assert "The building itself" in page
    seen = JournalEntry.objects.filter(act="see-places", detail__building="12")
    assert seen.count() == 1
    muharraq = sign_in(person("salem", works.authority("MUH", 2)))
    assert muharraq.get(BUILDING).status_code == HTTPStatus.NOT_FOUND
    assert "capital" not in shown(muharraq, "/desk/places/")


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("مبنى ١٢، طريق ١٧٠٥، مجمع ٣١٧", BUILDING),
        ("Flat 3, Building 12, Road 1705, Block 317", BUILDING),
        ("bldg 12a rd 1705 blk 317", "/desk/places/317/1705/12A/"),
        ("طريق 1705 مجمع 317", "/desk/places/317/1705/"),
        ("٣١٧", "/desk/places/317/"),
        ("03-120045", "parcel"),
        ("٠٣ - ١٢٠٠٤٥", "parcel"),
        ("مجمع 203", None),  # of another authority
        ("203", None),
        ("block 99999999999999999999", None),
        ("ليلى", None),
        ("", None),
    ],
)
def test_a_written_address_leads_to_its_page(salem: Client, written: str, leads_to: str | None) -> None:
    parcel = made_up_parcel()
    answer = salem.post("/desk/places/search", {"wanted": written})
    if leads_to is None:
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "has this number" in answer.content.decode()
    else:
        page = reverse("desk:parcel", args=[317, parcel.pk]) if leads_to == "parcel" else leads_to
        assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, page)


def test_numbers_of_nothing_are_answered_and_never_an_error(salem: Client) -> None:
    huge = "9" * 30
    for page in (f"{huge}/", f"317/{huge}/", f"317/1705/{huge}/", f"317/parcels/{huge}/", f"{huge}/parcels/1/",
                 "0/", "203/", "317/0/x-_/", "governorates/none/", "317/?page=x"):  # fmt: skip
        assert salem.get(f"/desk/places/{page}").status_code in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}, page


def test_works_are_shown_while_they_hold_their_place(salem: Client) -> None:
    today = timezone.localdate()
    line = {"type": "LineString", "coordinates": [[50.5876, 26.2235], [50.588, 26.2235]]}
    week = Period(start=today, end=today + timedelta(days=6))
    occupy("CAP-2026-000123-K", line, week, address=HOME)
    assert "CAP-2026-000123-K" in shown(salem, "/desk/places/317/")
    assert "CAP-2026-000123-K" in shown(salem, BUILDING)
    assert "No works are licensed here today" in shown(salem, "/desk/places/317/1705/14/")
    vacate("CAP-2026-000123-K")
    assert "No works are licensed here today" in shown(salem, BUILDING)


def test_a_parcel_is_shown_with_what_the_lists_said(salem: Client) -> None:
    parcel = made_up_parcel()
    where = reverse("desk:parcel", args=[317, parcel.pk])
    assert f'href="{where}"' in shown(salem, "/desk/places/317/parcels/")
    assert "5535.2" in shown(salem, where)
    assert "1 parcel" in shown(salem, "/desk/places/317/")
    assert salem.get(reverse("desk:parcel", args=[203, parcel.pk])).status_code == HTTPStatus.NOT_FOUND
    assert ParcelEntry.objects.count() == 1


def test_a_longer_register_costs_no_more_queries(salem: Client) -> None:
    def queries(where: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(salem, where)
        return len(captured)

    pages = (
        "/desk/places/",
        "/desk/places/governorates/capital/",
        "/desk/places/317/",
        "/desk/places/317/1705/",
        BUILDING,
    )
    enter(FLAT, "CAP-AC-2026-000001-X")
    salem.get("/desk/places/")
    few = [queries(page) for page in pages]
    RegisterChange.objects.bulk_create(
        RegisterChange(block_id=317, road=road, building=building, flat=flat, entered=True,
                       instrument=f"X{road}-{building}-{flat}", at=SUNDAY)
        for road in range(1701, 1771) for building in ("12", "14") for flat in ("", "1", "2")
        if (road, building, flat) != (1705, "12", "3")
    )  # fmt: skip
    assert [queries(page) for page in pages] == few
    assert max(few) <= 14
    assert "Page 1 of 2" in shown(salem, "/desk/places/317/")
