"""Forged notices: of a forger who knows nothing, who knows the key, or who saw a true one."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from rukhsa.payments.models import Attempt
from rukhsa_rehearsal.sandbox import national_envelope as envelope
from tests.faults.money.notices import KEY, SECRET, Letter, true_notice

type Forge = Callable[[Attempt], Letter]
WITH_SECRET = {"X-Notification-Secret": SECRET}
AMOUNTS = (
    "55.499", "55.501", "0.001", "0", "-55.500", "", "55,500", "55.5001", "555.000", "5.550", "55500", "5.55e1",
    "٥٥.٥٠٠", " 55.500", "NaN", "Infinity", "0x37", "55.500;",
)  # fmt: skip
NUMBERS = (55.499, 55.501, 0.001, 0, -55.5, 555.0, 5.55, 55500, 1e300, True, None, [55.5], {"value": 55.5})


def forgeries() -> dict[str, dict[str, Forge]]:
    """By gateway and name: every way of forging a notice that is tried."""
    return {"national": dict(_national()), "cards": dict(_cards()), "sadad": dict(_sadad())}


def _changed(**other: Any) -> Forge:
    return lambda attempt: true_notice(attempt, **other)


def _national() -> Iterator[tuple[str, Forge]]:
    yield from ((f"amount {one!r}", _changed(amt=one)) for one in AMOUNTS)
    currencies = ("840", "", "48", "BHD", "0048")
    yield from ((f"currency {one!r}", _changed(currencycode=one)) for one in currencies)
    yield from ((f"merchant {one!r}", _changed(id=one)) for one in ("10009999", "", "10000001 "))
    yield from ((f"payment {one!r}", _changed(paymentId=one)) for one in ("1", "", "null"))
    yield from ((f"reference {one!r}", _changed(trackId=one)) for one in ("1", "", "' OR 1=1 --", "1\0"))
    yield "another terminal's key", lambda attempt: _sealed({"trackId": attempt.reference}, KEY[::-1])
    yield (
        "the clear fields only",
        lambda attempt: (f"result=CAPTURED&trackid={attempt.reference}&amt=55.500".encode(), {}),
    )
    yield "two envelopes", lambda attempt: (true_notice(attempt)[0].replace(b"&result=", b"&trandata=00"), {})
    yield "cut in the middle", lambda attempt: (true_notice(attempt)[0][:80], {})
    yield "one byte changed", lambda attempt: (_flipped(true_notice(attempt)[0]), {})
    yield "a field twice", _named_twice
    yield "as JSON", lambda attempt: (json.dumps({"trandata": "00", "result": "CAPTURED"}).encode(), {})
    yield "UTF-16", lambda attempt: (true_notice(attempt)[0].decode().encode("utf-16"), {})
    yield "nothing", lambda attempt: (b"", {})
    yield "sixteen kilobytes", lambda attempt: (b"trandata=" + b"A5" * 8000, {})
    yield "many fields", lambda attempt: (b"&".join(b"a%d=1" % number for number in range(400)), {})


def _cards() -> Iterator[tuple[str, Forge]]:
    yield from ((f"amount {one!r}", _changed(amount=one)) for one in (*AMOUNTS, *NUMBERS))
    yield from ((f"currency {one!r}", _changed(currency=one)) for one in ("USD", "", "048", None, "bhd"))
    yield from (
        (f"merchant {one!r}", _changed(merchant=one)) for one in ("ANOTHER", "", None, "MUNICIPALITIES ")
    )
    yield from ((f"reference {one!r}", _changed(id=one)) for one in ("1", "", None, 7, "' OR 1=1 --", "\0"))
    for said in ("", "guessed", SECRET[:-1], SECRET + "x", SECRET.upper(), "متى"):
        yield (
            f"secret {said!r}",
            lambda attempt, said=said: (  # type: ignore[misc]
                true_notice(attempt)[0],
                {"X-Notification-Secret": said},
            ),
        )
    yield "no secret", lambda attempt: (true_notice(attempt)[0], {})
    yield (
        "the secret in the body",
        lambda attempt: (
            json.dumps({"X-Notification-Secret": SECRET, **json.loads(true_notice(attempt)[0])}).encode(),
            {},
        ),
    )
    yield (
        "a field twice",
        lambda attempt: (
            true_notice(attempt)[0].replace(b'"amount"', b'"amount": 55.5, "amount"'),
            WITH_SECRET,
        ),
    )
    yield "cut in the middle", lambda attempt: (true_notice(attempt)[0][:60], WITH_SECRET)
    yield "a list", lambda attempt: (b"[" + true_notice(attempt)[0] + b"]", WITH_SECRET)
    yield "nested deep", lambda attempt: (b"[" * 8000, WITH_SECRET)
    yield "no number", lambda attempt: (true_notice(attempt)[0].replace(b"55.5", b"NaN"), WITH_SECRET)
    yield (
        "a number without end",
        lambda attempt: (true_notice(attempt)[0].replace(b"55.5", b"1e999999999"), WITH_SECRET),
    )
    yield "UTF-16", lambda attempt: (true_notice(attempt)[0].decode().encode("utf-16"), WITH_SECRET)
    yield "nothing", lambda attempt: (b"", WITH_SECRET)


def _sadad() -> Iterator[tuple[str, Forge]]:
    yield (
        "as its return",
        lambda attempt: (
            f"TransactionIdentifier={attempt.gateway_reference}&ResultCode=0&ResultMessage=CAPTURED".encode(),
            {},
        ),
    )
    yield (
        "as its status",
        lambda attempt: (
            json.dumps({"status": "PAID", "external-reference": attempt.reference}).encode(),
            WITH_SECRET,
        ),
    )


def _sealed(fields: dict[str, Any], key: str) -> Letter:
    return f"trandata={envelope.close(fields, key)}".encode(), {}


def _flipped(raw: bytes) -> bytes:
    middle = len(raw) // 2
    other = b"0" if raw[middle : middle + 1] != b"0" else b"1"
    return raw[:middle] + other + raw[middle + 1 :]


def _named_twice(attempt: Attempt) -> Letter:
    from tests.rooms.payments.test_wire import sealed_raw

    plain = f'[{{"trackId":"{attempt.reference}","amt":"55.500","result":"CAPTURED","amt":"0.001"}}]'
    return f"trandata={sealed_raw(plain)}".encode(), {}
