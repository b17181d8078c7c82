"""Notices on devices: only the device reads them; a service that fails is asked again, one that is gone is left."""

import base64
import dataclasses
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings as django_settings
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from rukhsa.applications.models import Application
from rukhsa.delivery.models import Notice, PushSubscription
from rukhsa.delivery.notice import send_notice, tell
from rukhsa.delivery.preference import prefer
from rukhsa.delivery.push_key import make_push_key
from rukhsa.delivery.push_subscription import (
    MOST,
    BadSubscription,
    preference_with_devices,
    subscribe,
    unsubscribe,
)
from rukhsa.project.variables import Environment
from rukhsa_rehearsal.sandbox.serve import Running, running
from tests import applicants
from tests.rooms.delivery.test_preference import NIGHT, QUIET, application
from tests.rooms.review import works
from tests.waiting import LONGEST

__all__ = ["application"]
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Device:
    """A browser that reads what its push service hands out (RFC 8188, RFC 8291)."""

    name: str
    key: ec.EllipticCurvePrivateKey
    auth: bytes

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def said(self, outside: Running) -> dict[str, str]:
        return {
            "endpoint": f"{outside.address}/push/{self.name}",
            "p256dh": coded(self.point),
            "auth": coded(self.auth),
        }

    def read(self, message: bytes) -> bytes:
        salt, length = message[:16], message[20]
        sender, cipher = message[21 : 21 + length], message[21 + length :]
        shared = self.key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
        secret = derived(shared, self.auth, b"WebPush: info\0" + self.point + sender, 32)
        key = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, cipher, None).rstrip(b"\0")
        assert padded[-1:] == b"\2", "the last record"
        return padded[:-1]

    def received(self, outside: Running) -> list[dict[str, str]]:
        waiting = httpx.get(f"{outside.address}/push/{self.name}", timeout=LONGEST).json()
        return [json.loads(self.read(base64.b64decode(each["body"]))) for each in waiting]


def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(f"{text}==")


def device(name: str) -> Device:
    return Device(name, ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16))


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def push_on(settings: Settings, outside: Running, tmp_path: Path) -> None:
    config = django_settings.CONFIG
    make_push_key(tmp_path / "push.pem")
    settings.CONFIG = dataclasses.replace(
        config,
        addresses=dataclasses.replace(config.addresses, sandbox_url=outside.address),
        push=dataclasses.replace(config.push, key=tmp_path / "push.pem"),
    )
    httpx.post(f"{outside.address}/control", timeout=LONGEST)


def told(application: Application, event: str = "returned:1") -> Notice:
    tell(application, event, at=NOW)
    return Notice.objects.get(event=event, channel="push")


def test_the_device_of_these_tests_reads_the_example_of_the_specification() -> None:
    """RFC 8291, appendix A."""
    secret = int.from_bytes(decoded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    example = Device("rfc", ec.derive_private_key(secret, ec.SECP256R1()), decoded("BTBZMqHH6r4Tts7J_aSIgg"))
    message = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert example.read(decoded(message)) == b"When I grow up, I want to be a watermelon"


def test_a_notice_is_shown_on_each_device_and_read_by_it_alone(
    application: Application, outside: Running
) -> None:
    layla = works.act_as(application.applicant)
    phone, tablet = device("phone"), device("tablet")
    for each in (phone, tablet):
        subscribe(each.said(outside), actor=layla, at=NOW)
    notice = told(application)
    send_notice(notice=str(notice.pk))
    for each in (phone, tablet):
        (message,) = each.received(outside)
        assert application.reference in message["body"]
        assert message["url"] == f"/applications/{application.pk}/"
        assert (message["tag"], message["lang"]) == (notice.pk.hex, application.language)
    (waiting,) = httpx.get(f"{outside.address}/push/phone", timeout=LONGEST).json()
    assert application.reference.encode() not in base64.b64decode(waiting["body"])


def test_a_device_that_is_gone_is_forgotten_and_the_notice_counts_as_sent(
    application: Application, outside: Running
) -> None:
    subscribe(device("lost").said(outside), actor=works.act_as(application.applicant), at=NOW)
    notice = told(application)
    broken(outside, "gone")
    send_notice(notice=str(notice.pk))
    notice.refresh_from_db()
    assert notice.sent_at
    assert not PushSubscription.objects.exists()
    tell(application, "returned:2", at=NOW)
    assert not Notice.objects.filter(event="returned:2", channel="push").exists()


def test_a_push_service_that_fails_is_asked_again_and_shows_it_once(
    application: Application, outside: Running
) -> None:
    layla, phone, broken_one = works.act_as(application.applicant), device("well"), device("unwell")
    for each in (phone, broken_one):
        subscribe(each.said(outside), actor=layla, at=NOW)
    notice = told(application)
    broken(outside, "busy", times=1)
    with pytest.raises(httpx.HTTPStatusError):
        send_notice(notice=str(notice.pk))
    notice.refresh_from_db()
    assert (notice.sent_at, notice.failures) == (None, 1)
    send_notice(notice=str(notice.pk))
    send_notice(notice=str(notice.pk))
    assert [len(each.received(outside)) for each in (phone, broken_one)] == [1, 1]


def test_a_sender_without_the_key_is_refused(
    application: Application, outside: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the push service."""
    phone = device("stranger")
    body = {"authorization": "vapid t=a.b.c, k=abc", "content-encoding": "aes128gcm", "ttl": "60"}
    answer = httpx.post(phone.said(outside)["endpoint"], content=b"x", headers=body, timeout=LONGEST)
    assert answer.status_code == 403
    assert phone.name not in httpx.get(f"{outside.address}/push/stranger", timeout=LONGEST).text


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/a",
        "https://fcm.googleapis.com:8443/a",
        "https://fcm.googleapis.com@mun.example/a",
        "https://mun.example/fcm.googleapis.com",
        "https://notify.windows.com.mun.example/a",
        "https://127.0.0.1/a",
        "https://[::1",
        "file:///etc/passwd",
        "https://fcm.googleapis.com/" + "a" * 1000,
        "",
    ],
)
def test_an_address_that_is_no_push_service_is_refused(
    endpoint: str, application: Application, outside: Running
) -> None:
    """The worker would ask whatever address a stranger names, within our network too."""
    said = device("x").said(outside) | {"endpoint": endpoint}
    with pytest.raises(BadSubscription):
        subscribe(said, actor=works.act_as(application.applicant), at=NOW)


@pytest.mark.parametrize(
    "endpoint",
    ["https://fcm.googleapis.com/fcm/send/a", "https://db5p.notify.windows.com/w/?token=a"],
)
def test_the_push_services_of_browsers_are_known(
    endpoint: str, application: Application, outside: Running
) -> None:
    said = device("x").said(outside) | {"endpoint": endpoint}
    assert subscribe(said, actor=works.act_as(application.applicant), at=NOW).endpoint == endpoint


@pytest.mark.parametrize("wrong", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"auth": "€"}, {"p256dh": ""}])
def test_keys_that_no_device_has_are_refused(
    wrong: dict[str, str], application: Application, outside: Running
) -> None:
    with pytest.raises(BadSubscription):
        subscribe(device("x").said(outside) | wrong, actor=works.act_as(application.applicant), at=NOW)


def test_in_production_the_sandbox_is_no_push_service(
    application: Application, outside: Running, settings: Settings
) -> None:
    settings.CONFIG = dataclasses.replace(settings.CONFIG, environment=Environment.PRODUCTION)
    with pytest.raises(BadSubscription):
        subscribe(device("x").said(outside), actor=works.act_as(application.applicant), at=NOW)


def test_a_device_that_another_person_used_before_changes_hands(
    application: Application, outside: Running
) -> None:
    shared = device("shared")
    subscribe(shared.said(outside), actor=works.act_as(applicants.layla()), at=NOW)
    subscribe(shared.said(outside), actor=works.act_as(application.applicant), at=NOW)
    assert PushSubscription.objects.get().person == application.applicant
    for person, shown in ((applicants.layla(), False), (application.applicant, True)):
        chosen = preference_with_devices(person)
        assert chosen
        assert chosen.has_device is shown  # type: ignore[attr-defined]


def test_a_person_has_so_many_devices_and_the_oldest_goes(application: Application, outside: Running) -> None:
    layla = works.act_as(application.applicant)
    for number in range(MOST + 1):
        subscribe(device(f"one-{number}").said(outside), actor=layla, at=NOW.replace(minute=number))
    ends = [each.endpoint.rpartition("-")[2] for each in PushSubscription.objects.order_by("at")]
    assert ends == [str(number) for number in range(1, MOST + 1)]


def test_a_device_that_is_off_is_told_nothing_and_quiet_hours_hold(
    application: Application, outside: Running
) -> None:
    layla, phone = works.act_as(application.applicant), device("quiet")
    subscribe(phone.said(outside), actor=layla, at=NOW)
    prefer(sms=True, mail=True, quiet=QUIET, actor=layla, at=NIGHT)
    tell(application, "returned:1", at=NIGHT)
    notice = Notice.objects.get(channel="push")
    job = ProcrastinateJob.objects.get(args__notice=str(notice.pk))
    assert job.scheduled_at is not None
    unsubscribe(phone.said(outside)["endpoint"], actor=layla, at=NOW)
    tell(application, "returned:2", at=NOW)
    assert not Notice.objects.filter(event="returned:2", channel="push").exists()


def test_the_page_offers_it_where_there_is_a_key(settings: Settings, outside: Running) -> None:
    applicants.open_town()
    browser = applicants.signed_in(applicants.layla())
    assert 'id="push"' in browser.get("/details").content.decode()
    phone = device("by-page").said(outside)
    assert browser.post("/own/devices/on", phone).status_code == 204
    assert browser.post("/own/devices/on", {**phone, "endpoint": "https://mun.example/"}).status_code == 400
    assert browser.post("/own/devices/off", {"endpoint": phone["endpoint"]}).status_code == 204
    worker = browser.get("/own/devices/worker.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert b"showNotification" in worker.content
    none = dataclasses.replace(settings.CONFIG.push, key=None)
    settings.CONFIG = dataclasses.replace(settings.CONFIG, push=none, environment=Environment.PRODUCTION)
    assert 'id="push"' not in browser.get("/details").content.decode()


def broken(outside: Running, mode: str, times: int | None = None) -> None:
    asked = {"operation": "push", "mode": mode, "times": times}
    httpx.post(f"{outside.address}/control", json=asked, timeout=LONGEST).raise_for_status()
