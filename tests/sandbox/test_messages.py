"""The box in which people's messages arrive."""

import smtplib
from email.message import EmailMessage

import httpx
import pytest

from rukhsa_rehearsal.sandbox.serve import Running
from tests.waiting import LONGEST


def send(outside: Running, **other: str) -> httpx.Response:
    message = {"to": "+97336000001", "text": "رخصتك جاهزة: http://127.0.0.1:8000/a", "id": "one"} | other
    return httpx.post(f"{outside.address}/sms/messages", json=message, timeout=LONGEST)


def box(outside: Running, to: str) -> list[dict[str, object]]:
    received: list[dict[str, object]] = httpx.get(
        f"{outside.address}/mailbox.json", params={"to": to}, timeout=LONGEST
    ).json()
    return received


def test_a_message_sent_twice_arrives_once(outside: Running) -> None:
    assert send(outside).status_code == 202
    assert send(outside).status_code == 200
    assert send(outside, text="something else").status_code == 409
    assert len(box(outside, "+97336000001")) == 1
    page = httpx.get(f"{outside.address}/mailbox", timeout=LONGEST).text
    assert 'href="http://127.0.0.1:8000/a"' in page
    assert "رخصتك جاهزة" in page


@pytest.mark.parametrize("missing", ["to", "text", "id"])
def test_a_message_lacks_nothing(outside: Running, missing: str) -> None:
    assert send(outside, **{missing: ""}).status_code == 400


def test_the_gateway_of_messages_can_be_down_or_stammer(outside: Running) -> None:
    control = f"{outside.address}/control"
    httpx.post(control, json={"operation": "sms", "mode": "down", "times": 1}, timeout=LONGEST)
    assert send(outside, to="+97336000009", id="down").status_code == 503
    assert box(outside, "+97336000009") == []
    httpx.post(control, json={"operation": "sms", "mode": "duplicate", "times": 1}, timeout=LONGEST)
    assert send(outside, to="+97336000009", id="twice").status_code == 202
    assert len(box(outside, "+97336000009")) == 2


def test_mail_arrives_over_smtp_newest_first(outside: Running) -> None:
    for subject in ("الأولى", "الثانية"):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "no-reply@mun.example", "layla@people.example", subject
        mail.set_content("مرحباً ليلى\nhttp://127.0.0.1:8000/b")
        mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="رخصة.pdf")
        with smtplib.SMTP("127.0.0.1", outside.smtp_port) as server:
            server.send_message(mail)

    received = box(outside, "layla@people.example")
    assert [one["subject"] for one in received] == ["الثانية", "الأولى"]
    assert "مرحباً ليلى" in str(received[0]["text"])
    assert received[0]["attachments"] == ["رخصة.pdf"]


def test_markup_in_a_message_is_shown_and_not_run(outside: Running) -> None:
    send(outside, to="+97336000008", id="markup", text="<script>alert(1)</script>")
    page = httpx.get(f"{outside.address}/mailbox", timeout=LONGEST).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
