"""Cases of duties 5 to 7: status, dates and acceptance."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from rukhsa.trust import profiles
from tests.trust import world
from tests.trust.vectors.case import Case, case, issued, with_fact
from tests.trust.world import CLAIMS, NOON, STATUS_URI, status_token

DAY = timedelta(days=1)
UNTIL_2020 = {"kind": "sealed", "since": "2020-01-01", "until": "2020-11-10", "circular": "3/2020"}


def status() -> Iterator[Case]:
    """Status lists: what they say, and lists that cannot be used."""
    site, sealed = issued()
    for status, word in ((1, "revoked"), (2, "suspended"), (3, "superseded")):
        files = site.files | {STATUS_URI: status_token(status)}
        yield case(f"a licence that is {word}", word, word, 5, sealed=sealed, site=site, files=files)
    beyond_end = NOON + 60 * DAY
    late = replace(world.TRUST_LIST, expires=NOON + 99 * DAY)
    files = site.files | {STATUS_URI: status_token(1, at=beyond_end)}
    yield case(
        "revoked and past its end",
        "revoked",
        "revoked",
        5,
        sealed=sealed,
        site=site,
        files=files,
        at=beyond_end,
        trust_list=late,
    )
    yield from _unusable_lists()
    site, sealed = issued(replace(CLAIMS, status_index=9000))
    yield case("a place beyond the list", "cannot-tell", "bad-status-list", 5, sealed=sealed, site=site)
    site, sealed = issued(replace(CLAIMS, status_uri=f"{world.SITE}status/southern/0.cwt"))
    yield case("the list of another authority", "altered", "foreign-status-list", 5, sealed=sealed, site=site)


def _unusable_lists() -> Iterator[Case]:
    site, sealed = issued()
    tokens = {
        "status-expired": status_token(at=NOON - 2 * DAY),
        "status-from-the-future": status_token(at=NOON + DAY),
        "bad-status-list": status_token(signer=world.STRANGER),
    }
    for reason, token in tokens.items():
        yield case(
            reason.replace("-", " "),
            "cannot-tell",
            reason,
            5,
            sealed=sealed,
            site=site,
            files=site.files | {STATUS_URI: token},
        )
    token = status_token(uri=f"{world.SITE}status/capital/1.cwt")
    files = site.files | {STATUS_URI: token}
    yield case(
        "the list of another address",
        "cannot-tell",
        "bad-status-list",
        5,
        sealed=sealed,
        site=site,
        files=files,
    )
    files = {address: data for address, data in site.files.items() if address != STATUS_URI}
    yield case(
        "no status to be had", "cannot-tell", "status-unavailable", 5, sealed=sealed, site=site, files=files
    )


def dates() -> Iterator[Case]:
    """The first and the last day, to the second."""
    # Bahrain's midnight is 21:00 UTC of the day before.
    first, last = (
        datetime.fromisoformat("2020-11-09T21:00:00Z"),
        datetime.fromisoformat("2020-12-09T21:00:00Z"),
    )
    site, sealed = issued()
    second = timedelta(seconds=1)
    late = replace(world.TRUST_LIST, expires=NOON + 99 * DAY)
    for name, word, reason, at in (
        ("a second before its first day", "not-yet-valid", "before-its-first-day", first - second),
        ("the first second of its first day", "valid", "in-force", first),
        ("the last second of its last day", "valid", "in-force", last - second),
        ("a second after its last day", "expired", "after-its-last-day", last),
    ):
        files = site.files | {STATUS_URI: status_token(at=at)}
        duty = None if word == "valid" else 6
        yield case(name, word, reason, duty, sealed=sealed, site=site, files=files, at=at, trust_list=late)
    site, sealed = issued(replace(CLAIMS, expires_at=int(NOON.timestamp())))
    yield case(
        "past the end that the seal names", "expired", "after-its-last-day", 6, sealed=sealed, site=site
    )
    site, sealed = issued(with_fact(5, profiles.to_days(date(2021, 1, 1))))
    yield case(
        "a licence for next year", "not-yet-valid", "before-its-first-day", 6, sealed=sealed, site=site
    )


def acceptance() -> Iterator[Case]:
    """Policies of agencies."""
    site, sealed = issued()
    bank = {"kind": "sealed", "since": "2020-01-01", "purpose": "bank", "profiles": [3]}
    refused = ("not-accepted", "not-accepted-by-policy", 7)
    accepted = ("valid", "in-force", None)
    for name, answer, rules, purpose in (
        ("a policy that takes it", accepted, [{"kind": "sealed", "since": "2020-11-15"}], None),
        ("a policy that has ended", refused, [UNTIL_2020], None),
        ("a policy that begins tomorrow", refused, [{"kind": "sealed", "since": "2020-11-16"}], None),
        ("a policy for paper only", refused, [{"kind": "paper", "since": "2020-01-01"}], None),
        ("a policy for this purpose", accepted, [bank], "bank"),
        ("a policy for another purpose", refused, [bank], "court"),
        ("a policy for other profiles", refused, [bank | {"profiles": [1]}], "bank"),
    ):
        word, reason, duty = answer
        yield case(
            name, word, reason, duty, sealed=sealed, site=site, policy={"rules": rules}, purpose=purpose
        )
