"""Cases of duty 0: is the text one of ours, and does it hold a well-formed seal?"""

from collections.abc import Iterator
from dataclasses import replace

from rukhsa.trust import digits, seal
from rukhsa.trust.keys import ORDER
from tests.trust import world
from tests.trust.vectors.case import Case, case, issued, link_to
from tests.trust.world import CLAIMS, make_seal

ELSEWHERE = "https://licences.elsewhere.example/"


def not_parsed() -> Iterator[Case]:
    """Texts with a flaw in the address or the digits."""
    site, sealed = issued()
    text = world.text_of(sealed)
    for name, reason, changed in (
        ("the address in capitals", "bad-link", text.replace("https://", "HTTPS://")),
        ("no digits behind the address", "bad-link", f"{world.SITE}#"),
        ("another scheme", "bad-link", text.replace("https:", "http:")),
        ("a word behind the digits", "bad-link", f"{text} "),
        ("Arabic-Indic digits", "bad-link", text.replace("1", "١")),
        ("the last digit cut off", "bad-digits", text[:-1]),
        ("a group too large for its bytes", "bad-digits", text[: -len(text.split("#")[1])] + "9" * 17),
        ("an address that is not official", "foreign-host", text.replace("v.mun.", "v-mun.")),
        ("no bytes of a seal", "not-a-seal", f"{world.SITE}#{digits.encode(b'hello there')}"),
    ):
        yield case(name, "altered", reason, 0, sealed=sealed, site=site, text=changed)


def strangers() -> Iterator[Case]:
    """What bears no mark of ours is not one of ours, whatever it holds."""
    site, sealed = issued()
    theirs = replace(CLAIMS, status_uri=f"{ELSEWHERE}status/north/0.cwt")
    of_theirs = digits.encode(make_seal(theirs, world.STRANGER, log_index=5))
    for name, reason, text in (
        ("no text at all", "other-code", ""),
        ("a word", "other-code", "hello"),
        ("a network's password", "other-code", "WIFI:T:WPA;S:cafe;P:0123456789012345;;"),
        (
            "a health certificate of another state",
            "other-code",
            "HC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 O5 N2FBB",
        ),
        ("a digital seal of another state", "other-code", "\x03SDC03FR01AV01E01FE03C5D10B"),
        ("a leaflet's address", "other-code", "https://www.town.example/opening-hours"),
        ("an address with a place on its page", "other-code", "https://www.town.example/rules#section-12"),
        ("a page of the same municipality", "other-code", "https://www.mun.example/licences#prices"),
        ("the verifier's page, and no document", "other-code", world.SITE),
        ("long digits at another address", "other-code", f"{ELSEWHERE}#{'1' * 400}"),
        ("a document of another register", "other-address", f"{ELSEWHERE}#{of_theirs}"),
        ("short digits at another address", "other-address", f"{ELSEWHERE}#01017"),
    ):
        yield case(name, "not-ours", reason, 0, sealed=sealed, site=site, text=text)


def imitations() -> Iterator[Case]:
    """What claims to be ours and is not, by its address or by the seal in it, is altered."""
    site, sealed = issued()
    number = digits.encode(sealed)
    for name, text in (
        ("another address around the official one", f"https://{world.HOST}.evil.example/#{number}"),
        ("a letter of another script in the address", f"https://v.mun.ex\u0430mple/#{number}"),
        ("the same address as it is sent", f"https://v.mun.xn--exmple-4nf/#{number}"),
        ("two letters that pass for one in the address", f"https://v.mun.exarnple/#{number}"),
        ("an address that imitates ours, and no document", "https://v-mun.example/"),
        ("a genuine seal at another address", f"{ELSEWHERE}#{number}"),
    ):
        yield case(name, "altered", "foreign-host", 0, sealed=sealed, site=site, text=text)
    for name, text in (
        ("a genuine seal without an address", number),
        ("a genuine seal behind another link", f"{ELSEWHERE}look?it={number}"),
        ("the official address inside of another", f"{ELSEWHERE}?to={world.SITE}%23{number}"),
        ("a name before the official address", f"https://a@{world.HOST}/#{number}"),
        ("a port behind the official address", f"https://{world.HOST}:443/#{number}"),
        ("escapes in the official address", f"https://v%2Emun.example/#{number}"),
        ("escapes in the digits", f"{world.SITE}#%3{number[0]}{number[1:]}"),
    ):
        yield case(name, "altered", "bad-link", 0, sealed=sealed, site=site, text=text)


def bent_seals() -> Iterator[Case]:
    """Seals with changed bytes."""
    site, sealed = issued()
    raw_signature = seal.read(sealed).signature
    high = raw_signature[:32] + (ORDER - int.from_bytes(raw_signature[32:])).to_bytes(32)
    for name, reason, changed in (
        ("a byte behind the seal", "bad-cbor", sealed + b"\x00"),
        ("more than a kibibyte", "bad-size", sealed.ljust(1025, b"\0")),
        ("a count in a longer form than needed", "bad-cbor", sealed[:1] + b"\x98\x04" + sealed[2:]),
        (
            "another algorithm in the header",
            "bad-header",
            sealed.replace(b"\xa2\x01\x28", b"\xa2\x01\x27", 1),
        ),
        ("a signature with the larger s", "bad-signature-form", sealed.replace(raw_signature, high)),
        ("a claim with an unknown number", "bad-claims", sealed.replace(b"\x06\x1a\x5f", b"\x05\x1a\x5f", 1)),
        (
            "a right-to-left override in the name",
            "bad-text",
            sealed.replace("لي".encode(), b"\xe2\x80\xae\x20", 1),
        ),
        (
            "a name that is not in normal form C",
            "bad-text",
            sealed.replace("لي".encode(), "\u0627\u0653".encode(), 1),
        ),
    ):
        yield case(name, "altered", reason, 0, sealed=sealed, site=site, text=link_to(changed))
    changed = sealed.replace("ليلى".encode(), "سلمى".encode(), 1)
    yield case("another name", "altered", "bad-signature", 2, sealed=sealed, site=site, text=link_to(changed))
    changed = sealed.replace(b"RW-2020-000123", b"RW-2020-000124", 1)
    yield case(
        "another number", "altered", "bad-signature", 2, sealed=sealed, site=site, text=link_to(changed)
    )
