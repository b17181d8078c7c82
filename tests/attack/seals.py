"""Codes and seals: altered, signed again, cut, under another host, and those of other registers."""

from dataclasses import replace

import httpx
import segno

from rukhsa.trust import digits, seal
from rukhsa.trust.keys import MemorySigner
from rukhsa.trust.seal import Claims
from tests.attack.ground import Ground
from tests.attack.pictures import png_of
from tests.attack.tries import Tries, Try, judged, kind

BENT = ("altered", "not-ours", "not-registered", "cannot-tell")
STRANGER = MemorySigner.p256(0xC0FFEE_C0FFEE_C0FFEE)


def word_of(answer: httpx.Response) -> str:
    """The word of a verdict, or the status where there is none."""
    told = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
    return str(told.get("word", answer.status_code))


def verdict_on(sent: str, answer: httpx.Response, *allowed: str, control: bool = False) -> Try:
    """The try whose verdict may be one of these words (or statuses), and is a failure of ours where there is none."""
    word = word_of(answer)
    made = judged(sent, word, must=" or ".join(allowed), holds=word in allowed, control=control)
    return replace(made, outcome="error of ours") if answer.status_code >= 500 else made  # type: ignore[arg-type]


@kind(
    tried="the text of a genuine code with one character changed, at 80 places; cut at 20; something added",
    must="never valid", tries=106, controls=1, since="inputs: the verifier",
)  # fmt: skip
def codes_altered(ground: Ground) -> Tries:
    text = ground.text
    yield verdict_on("the genuine text", ground.ask({"text": text}), "valid", control=True)
    for number in range(80):
        place = number * (len(text) - 1) // 79
        other = next(each for each in "7 2a" if each != text[place])
        altered = text[:place] + other + text[place + 1 :]
        yield verdict_on(f"character {place}: {other!r}", ground.ask({"text": altered}), *BENT)
    for number in range(20):
        cut = number * len(text) // 20
        yield verdict_on(f"the first {cut} characters", ground.ask({"text": text[:cut]}), *BENT)
    for more in ("0", "00000000", "A", text, "\u0660", "&x=1"):
        yield verdict_on(f"{more[:9]!r} behind it", ground.ask({"text": text + more}), *BENT)


@kind(
    tried="a genuine seal under a site that is not ours: another scheme, port, path, user, letters that look alike",
    must="never valid", tries=16, controls=1, since="decision 0053",
)  # fmt: skip
def codes_elsewhere(ground: Ground) -> Tries:
    site, _, inside = ground.text.partition("#")
    host = site.split("/")[2]
    yield verdict_on("the official site", ground.ask({"text": f"{site}#{inside}"}), "valid", control=True)
    sites = (
        f"https://{host}.elsewhere.example/", f"https://elsewhere.example/{host}/", f"https://x@{host}/",
        f"https://{host}@elsewhere.example/", f"https://{host}/x/", f"https://{host}/?", f"ftp://{host}/",
        f"javascript://{host}/", f"https://x.{host}/", f"https:\\\\{host}\\", f"//{host}/",
        "https://elsewhere.example/", "https://xn--bcher-kva.example/", "https:///", "", f"https://{host}%00/",
    )  # fmt: skip
    for each in sites:
        yield verdict_on(f"site {each!r}", ground.ask({"text": f"{each}#{inside}"}), *BENT)


@kind(
    tried="a seal that says something else and keeps its signature, or is signed by a stranger, under each key's name",
    must="never valid", tries=27, controls=1, since="inputs: the verifier; threat T1, T2",
)  # fmt: skip
def seals_forged(ground: Ground) -> Tries:
    site, _, inside = ground.text.partition("#")
    genuine = digits.decode(inside)
    read = seal.read(genuine)
    yield verdict_on(
        "the seal as it is", ground.ask({"text": f"{site}#{digits.encode(genuine)}"}), "valid", control=True
    )
    for what, claims in _other_claims(read.claims).items():
        kept = seal.assemble(claims, read.kid, read.signature, read.log_index)
        signed = STRANGER.sign(seal.to_be_signed(claims, read.kid))
        again = seal.assemble(claims, read.kid, signed, read.log_index)
        own = STRANGER.sign(seal.to_be_signed(claims, STRANGER.kid))
        other = seal.assemble(claims, STRANGER.kid, own, read.log_index)
        made = {"the old signature": kept, "a stranger's": again, "a stranger's under its own name": other}
        if claims == read.claims:
            del made["the old signature"]
        for how, data in made.items():
            answer = ground.ask({"text": f"{site}#{digits.encode(data)}"})
            yield verdict_on(f"{what}, {how}", answer, *BENT)
    signature = read.signature
    for what, bent in {
        "the halves of the signature exchanged": signature[32:] + signature[:32],
        "a signature of zeros": bytes(64), "a signature of ones": b"\xff" * 64,
    }.items():  # fmt: skip
        data = genuine.replace(signature, bent)
        yield verdict_on(what, ground.ask({"text": f"{site}#{digits.encode(data)}"}), *BENT)
    for index in (0, 1, 7, 1 << 40):
        data = seal.assemble(read.claims, read.kid, signature, index)
        allowed = (*BENT, "valid") if index == read.log_index else BENT
        yield verdict_on(
            f"place {index} in the log", ground.ask({"text": f"{site}#{digits.encode(data)}"}), *allowed
        )


def _other_claims(claims: Claims) -> dict[str, Claims]:
    name = next(key for key, value in claims.facts.items() if isinstance(value, str))
    return {
        "the same facts": claims,
        "another name": replace(claims, facts={**claims.facts, name: "ليلى بنت أحمد"}),
        "another version": replace(claims, version=claims.version + 1),
        "issued earlier": replace(claims, issued_at=claims.issued_at - 86_400),
        "ends later": replace(claims, expires_at=claims.issued_at + 86_400 * 9999),
        "another place in the status list": replace(claims, status_index=claims.status_index + 1),
        "another number": replace(claims, instrument=f"{claims.instrument[:-1]}0"),
    }


FOREIGN = (
    "HC1:6BFOXN%TS3DHPVO13J /G-/2YRVA.Q/R8VRU2FCV9H1MR3FNRKP2G", "WIFI:T:WPA;S:town;P:secret;;",
    "BEGIN:VCARD\nVERSION:3.0\nN:Hasan;Layla\nEND:VCARD", "https://bahrain.bh/", "http://example.com/?a=1#b",
    "00020101021226300012D156000000000510A93FO3230Q", "(01)09521234543213(17)271231(10)ABC", "TEL:+97317000000",
    "mailto:a@example.com", "SMSTO:+97336000001:hello", "geo:26.22,50.58", "otpauth://totp/x?secret=JBSWY3DP",
    "bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "SPC\n0200\n1\nCH4431999123000889012",
    "eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.c2ln", "shc:/56762909524320603460292437404460", "0123456789" * 30,
    "BCD\n002\n1\nSCT\n\nA\nDE02120300000000202051\nEUR1", "UPI://pay?pa=x@y", "A", " ", "مرحبا", "https://", "#1234",
    "upi://pay", "data:text/html,<script>alert(1)</script>", "javascript:alert(1)", "file:///etc/passwd",
)  # fmt: skip


@kind(
    tried="codes of other systems as text, and twelve of them as pictures",
    must="not one of ours; never altered, never valid", tries=40, controls=0, since="inputs 4",
)  # fmt: skip
def codes_foreign(ground: Ground) -> Tries:
    for text in FOREIGN:
        yield verdict_on(repr(text[:40]), ground.ask({"text": text}), "not-ours")
    for text in FOREIGN[:12]:
        answer = ground.ask_file(png_of(segno.make_qr(text, error="m")), "image/png")
        yield verdict_on(f"a picture of {text[:40]!r}", answer, "not-ours")


@kind(
    tried="another system's question to the verifier, of a wrong shape: numbers, lists, depth, unknown names, policies",
    must="400, 413, 415 or 422 with a problem document", tries=46, controls=1, since="security 11, inputs 5",
)  # fmt: skip
def questions(ground: Ground) -> Tries:
    yield verdict_on("a question", ground.ask({"text": ground.text}), "valid", control=True)
    for body in _bodies(ground.text):
        browser = ground.asker()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        answer = browser.client.post("/verdict", content=body, headers=headers)
        yield verdict_on(repr(body[:50]), answer, "400", "404", "413", "422", *BENT)
    for media in (
        "text/html",
        "application/xml",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "",
    ):
        answer = ground.ask_file(b"<x/>", media)
        yield verdict_on(f"as {media!r}", answer, "400", "415", "413", "422")
    for method in ("GET", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "HEAD", "FOO"):
        answer = ground.asker().client.request(method, "/verdict")
        yield verdict_on(method, answer, "405", "400", "501")


def _bodies(text: str) -> list[bytes]:
    ours = text.encode()
    return [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"x"',
        b"NaN",
        b"{}",
        b'{"text": null}',
        b'{"text": 1}',
        b'{"text": []}',
        b'{"text": {"a": 1}}',
        b'{"text": "x", "number": "y"}',
        b'{"number": 1}',
        b'{"number": "x", "code": 7}',
        b'{"unknown": 1}',
        b'{"text": "%s", "minimum_version": -1.5}' % ours,
        b'{"text": "x", "minimum_version": "1"}',
        b'{"text": "%s", "minimum_version": 99999999999999}' % ours,
        b'{"text": "x", "policy": 1}',
        b'{"text": "x", "policy": []}',
        b'{"text": "%s", "policy": {"rules": "x"}}' % ours,
        b'{"text": "%s", "policy": {"circular": 7}}' % ours,
        b"[" * 30_000,
        b'{"a":' * 9_000,
        b'{"text": "%s"}' % (b"A" * 60_000),
        b'{"text": "%s"}' % (b"A" * 70_000),
        b'{"text": "%s", "proof": "x"}' % ours,
        b'{"text": "%s", "proof": "c2sp.org/tlog-proof@v1\\n"}' % ours,
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b'{"text": "\\u0000"}',
        b'{"text": "\\ud800"}',
    ]
