"""An agency's system is told of changes at its address: signed, until they are taken, and never in an inner network."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.issuance.models import Instrument, Suspension
from rukhsa.mandates.models import Mandate
from rukhsa.outside import InnerAddress, place_of
from rukhsa.staff.models import Letter
from rukhsa.values import http_signature
from rukhsa.values.http_signature import BadSignature, require_signed, signed
from rukhsa.verification.change_feed import watch
from rukhsa.verification.webhook import AddressRefused, Webhook, register_webhook, tell_agencies, tell_agency
from rukhsa_rehearsal.sandbox.serve import Running, running
from tests.rooms.review import works
from tests.web.desk.conftest import SignIn, application, instrument, person, sign_in

__all__ = ["application", "instrument", "sign_in"]
pytestmark = pytest.mark.django_db
SECRET, TARGET, NOW = b"secret", "https://ewa.example/changes", 1_790_000_000


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def hala(db: None) -> Any:
    """The coordinator of EWA."""
    return works.act_as(
        works.staff("hala@ewa.example", "", "Hala", Role.AGENCY_COORDINATOR, at=works.agency())
    )


@pytest.fixture
def hook(hala: Any, outside: Running, instrument: Instrument) -> Webhook:
    """EWA's address at the sandbox, which knows its secret; a document that it watches was suspended since."""
    begun = datetime.now(UTC) - timedelta(hours=1)
    made = register_webhook(works.agency(), f"{outside.address}/agency/ewa/changes", actor=hala, at=begun)
    httpx.put(f"{outside.address}/agency/ewa/secret", content=made.secret).raise_for_status()
    watch("ewa", [instrument.intent.number], at=begun)
    mariam = person("mariam", instrument.intent.authority)
    Suspension.objects.create(
        instrument=instrument, reason="x", actor=mariam, mandate=Mandate.objects.get(post__person=mariam),
        confirm_by=begun + timedelta(days=1), at=begun + timedelta(minutes=1),
    )  # fmt: skip
    return made


def taken(outside: Running) -> list[Any]:
    found: list[Any] = httpx.get(f"{outside.address}/agency/ewa/changes").json()
    return found


def test_a_change_is_sent_signed_and_once(hook: Webhook, outside: Running, instrument: Instrument) -> None:
    before = len(taken(outside))
    for _ in range(2):
        tell_agency(webhook=str(hook.pk))
    [told] = taken(outside)[before:]
    [change] = told["changes"]
    assert (change["what"], change["number"]) == ("suspended", instrument.intent.number)
    hook.refresh_from_db()
    assert (hook.cursor, hook.failures) == (told["cursor"], 0)


def test_what_is_not_taken_is_sent_again_and_after_three_days_the_coordinators_read_it(
    hook: Webhook, hala: Any, outside: Running
) -> None:
    httpx.put(f"{outside.address}/agency/ewa/secret", content="another").raise_for_status()
    before = len(taken(outside))
    tell_agency(webhook=str(hook.pk))
    hook.refresh_from_db()
    assert hook.failures == 1
    assert hook.next_at > datetime.now(UTC)
    tell_agency(webhook=str(hook.pk))  # its turn has not come
    assert Webhook.objects.get().failures == 1
    long_ago = datetime.now(UTC) - timedelta(days=3, minutes=1)
    Webhook.objects.update(next_at=long_ago, failing_since=long_ago)
    left = works.staff("left@ewa.example", "", "Left", Role.AGENCY_COORDINATOR, at=works.agency())
    Person.objects.filter(pk=left.pk).update(is_active=False)
    tell_agency(webhook=str(hook.pk))
    assert Webhook.objects.get().ended_at
    letter = Letter.objects.get(kind="webhook-ended")
    assert (letter.person, letter.about) == (hala.person, "127.0.0.1")
    assert len(taken(outside)) == before


def test_a_webhook_has_one_job_however_long_no_worker_takes_it(hook: Webhook) -> None:
    for _ in range(3):
        tell_agencies(timestamp=0)
    assert ProcrastinateJob.objects.filter(lock=f"webhook:{hook.pk}").count() == 1


def test_another_address_goes_on_where_the_one_before_stood(hook: Webhook, hala: Any) -> None:
    newer = register_webhook(works.agency(), "http://127.0.0.1:8002/b", actor=hala, at=datetime.now(UTC))
    assert newer.cursor == hook.cursor
    assert list(Webhook.objects.filter(ended_at=None)) == [newer]


@pytest.mark.parametrize(
    "address",
    [
        "ftp://ewa.example/", "https://", "https://user:word@ewa.example/", "https://ewa.example/#a", 
        "https://127.0.0.1:22/",
        "https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://a b/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_or_of_an_inner_network_is_refused(address: str, hala: Any) -> None:
    with pytest.raises(AddressRefused):
        register_webhook(works.agency(), address, actor=hala, at=datetime.now(UTC))


def test_a_name_that_leads_inside_later_is_not_called(
    hook: Webhook, outside: Running, settings: Settings
) -> None:
    before = len(taken(outside))
    settings.CONFIG = replace(settings.CONFIG, relying_networks=())
    tell_agency(webhook=str(hook.pk))
    assert Webhook.objects.get().failures == 1
    assert len(taken(outside)) == before
    with pytest.raises(InnerAddress):
        place_of("127.0.0.1", 443, inner=("10.0.0.0/8",))
    assert place_of("10.1.1.1", 443, inner=("10.0.0.0/8",)) == "10.1.1.1"


def test_a_signature_covers_address_content_and_time() -> None:
    headers = {
        name.lower(): value
        for name, value in signed(
            SECRET, key="k", target=TARGET, kind="application/json", content=b"{}", at=NOW
        ).items()
    }
    require_signed(SECRET, headers, target=TARGET, content=b"{}", at=NOW + 299)
    covered = headers["signature-input"]
    wrong: list[tuple[bytes, dict[str, str], str, bytes, int]] = [
        (b"other", headers, TARGET, b"{}", NOW),
        (SECRET, headers, TARGET + "?", b"{}", NOW),
        (SECRET, headers, TARGET, b"[]", NOW),
        (SECRET, headers, TARGET, b"{}", NOW + 301),
        (SECRET, headers | {"content-type": "text/html"}, TARGET, b"{}", NOW),
        (SECRET, headers | {"signature-input": covered.replace('"@method" ', "")}, TARGET, b"{}", NOW),
        (SECRET, {}, TARGET, b"{}", NOW),
    ]  # fmt: skip
    for secret, told, target, content, at in wrong:
        with pytest.raises(BadSignature):
            require_signed(secret, told, target=target, content=content, at=at)


def test_the_mac_is_that_of_the_example_of_the_rfc() -> None:
    """RFC 9421, B.2.5."""
    key = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    base = (
        '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@authority": example.com\n"content-type": application/json\n'
        '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    )
    found = http_signature._mac(base64.b64decode(key), base.encode())
    assert found == "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="


def test_a_coordinator_registers_and_ends_it_on_the_page(sign_in: SignIn) -> None:
    client = sign_in(person("hala", works.agency()))
    register = reverse("desk:register-webhook")
    bad = client.post(register, {"agency": "ewa", "address": "https://10.0.0.1/"})
    assert bad.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "https://10.0.0.1/" in bad.content.decode()
    shown = client.post(
        register, {"agency": "ewa", "address": "http://127.0.0.1:8002/changes"}
    ).content.decode()
    hook = Webhook.objects.get()
    assert hook.secret in shown
    page = client.get(reverse("desk:agency")).content.decode()
    assert hook.address in page
    assert hook.secret not in page
    client.post(reverse("desk:end-webhook", args=[hook.pk]))
    assert hook.address not in client.get(reverse("desk:agency")).content.decode()
