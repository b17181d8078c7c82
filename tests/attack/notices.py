"""Notices of gateways: forged, bent, replayed, flooded, and the returns of browsers."""

import json

from rukhsa.payments.gateways.envelope import seal_fields
from tests.attack.browser import Browser
from tests.attack.ground import Ground
from tests.attack.tries import Tries, Try, answered, judged, kind
from tests.rooms.payments.test_forged_notices import WRONG

OTHER_KEY = "FEDCBA9876543210FEDCBA9876543210"
CAPTURED = {"result": "CAPTURED", "authRespCode": "00", "transId": "1"}


@kind(
    tried="notices of the national gateway about a payment under way: with another key, with the right key and another"
    " amount, currency, merchant or order, and one that is equal but unknown to the gateway",
    must="nothing is settled", tries=len(WRONG) + 27, controls=1, since="security: holds, 9",
)  # fmt: skip
def notices_national(ground: Ground) -> Tries:
    owing = ground.owing
    key = ground.world.config.national.resource_key
    fields = {
        "trackId": owing["reference"],
        "paymentId": owing["gateway_reference"],
        "amt": owing["amount"],
        **CAPTURED,
    }
    bodies = {f"{wrong}": f"trandata={seal_fields(fields | wrong, key)}".encode() for wrong in WRONG}
    bodies["equal, and never paid"] = f"trandata={seal_fields(fields, key)}".encode()
    bodies["another key"] = f"trandata={seal_fields(fields, OTHER_KEY)}".encode()
    sealed = seal_fields(fields, key)
    for place in range(0, len(sealed), max(1, len(sealed) // 16)):
        bent = sealed[:place] + ("0" if sealed[place] != "0" else "1") + sealed[place + 1 :]
        bodies[f"a digit changed at {place}"] = f"trandata={bent}".encode()
    bodies |= {
        "nothing": b"",
        "no envelope": b"trandata=",
        "not hexadecimal": b"trandata=zz",
        "halves": b"trandata=" + b"A" * 31,
        "in the clear": "&".join(f"{name}={value}" for name, value in fields.items()).encode(),
        "JSON": json.dumps(fields).encode(),
        "bytes": bytes(range(256)),
        "twice": bodies["another key"] * 2,
    }
    for name, body in list(bodies.items())[: len(WRONG) + 26]:
        yield _heard(ground, "national", name, body)
    yield _unsettled(ground)
    ground.pay_owing()
    yield judged(
        "the same, paid at the gateway", "settled", must="settled", holds=not ground.is_owing(), control=True
    )


@kind(
    tried="notices in the name of the cards gateway and of SADAD, with no secret, others, and none that is known",
    must="refused", tries=28, controls=0, since="security 9",
)  # fmt: skip
def notices_of_others(ground: Ground) -> Tries:
    told = {
        "merchant": "x",
        "order": {"id": "1", "amount": 5, "currency": "BHD"},
        "transaction": {"result": "SUCCESS"},
    }
    secrets = (
        "",
        "x",
        "sandbox",
        "sandbox-notification-secre",
        "SANDBOX-NOTIFICATION-SECRET",
        "null",
        "-",
        "x" * 5000,
    )
    for secret in secrets:
        browser = ground.stranger()
        headers = {"X-Notification-Secret": secret, "Content-Type": "application/json"}
        answer = browser.client.post(
            "/gateways/cards/notify", content=json.dumps(told).encode(), headers=headers
        )
        yield answered(f"cards, secret {secret[:20]!r}", answer, must="refused")
    for code in ("sadad", "nobody", "national%00", "..", "NATIONAL", "cards%2f..", "x" * 300):
        for body in (b"", b"trandata=00", json.dumps(told).encode()):
            if code == ".." and not body:
                continue
            answer = ground.stranger().client.post(f"/gateways/{code}/notify", content=body)
            yield answered(f"{code[:20]}: {body[:12]!r}", answer, must="refused")


@kind(
    tried="200 forged notices of 16 kB from one address and 100 from as many, for both gateways that notify",
    must="refused, counted and not kept", tries=301, controls=0, since="security 9",
)  # fmt: skip
def notices_flooded(ground: Ground) -> Tries:
    one = ground.stranger()
    before = ground.count_of("payments.GatewayNotice")
    for number in range(300):
        browser = one if number < 200 else ground.stranger()
        code = "national" if number % 2 else "cards"
        body = b"trandata=" + b"%04d" % number * 4000
        yield answered(
            f"{code} {number}", browser.client.post(f"/gateways/{code}/notify", content=body), must="refused"
        )
    kept = ground.count_of("payments.GatewayNotice") - before
    yield judged("rows of notices that were kept", str(kept), must="0", holds=kept == 0)


@kind(
    tried="the browser's way back from a gateway, called by anyone with any words, for one's own and other payments",
    must="shows the state and settles nothing", tries=17, controls=0, since="threat T12",
)  # fmt: skip
def returns_forged(ground: Ground) -> Tries:
    layla, application = ground.browser_of(ground.layla), ground.waiting["CAP"]
    for params in (
        {},
        {"result": "CAPTURED"},
        {"paymentid": "1", "result": "CAPTURED"},
        {"trandata": "00"},
        {"trackid": "1"},
        {"Error": "", "ErrorText": "<script>alert(1)</script>"},
        {"paymentid": "' OR 1=1 --"},
        {"paymentid": "x" * 9000},
    ):
        for browser in (layla, ground.stranger()):
            path = f"/gateways/national/return/{application}"
            answer = browser.client.post(path, data=params) if params else browser.get(path)
            holds = answer.status_code == 302 or answer.status_code in range(400, 430)
            yield answered(f"{list(params.items())!r:.60}", answer, must="shown", holds=holds)
    answer = ground.stranger().get(
        "/gateways/national/back/00000000-0000-4000-8000-000000000000?paymentid=%00%ff"
    )
    yield answered(
        "bytes that are no text", answer, must="shown", holds=answer.status_code in (302, 400, 404)
    )


def _heard(ground: Ground, code: str, name: str, body: bytes) -> Try:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = Browser(ground.portal).client.post(f"/gateways/{code}/notify", content=body, headers=form)
    # What carries the right key is answered, whatever it says; that nothing is settled is asked at the end.
    return answered(
        f"{code}: {name}",
        answer,
        must="kept apart, or refused",
        holds=answer.status_code in (200, *range(400, 430)),
    )


def _unsettled(ground: Ground) -> Try:
    owing = ground.is_owing()
    return judged(
        "the payment after all of these", "owing" if owing else "settled", must="owing", holds=owing
    )
