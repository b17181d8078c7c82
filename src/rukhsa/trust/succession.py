"""From one trust list to the next: what the next one must keep of the last, and what it changes, in words."""

from collections.abc import Iterator
from datetime import datetime

from rukhsa.trust.errors import BadTrustList
from rukhsa.trust.trustlist import Authority, Key, TrustList


def check_follows(new: TrustList, old: TrustList) -> None:
    """Refuse a next list that is not newer, or that would undo what was signed under the last one.

    Raises BadTrustList: `not-newer`, or `something-lost` with what is missing.
    """
    if new.version <= old.version:
        raise BadTrustList("not-newer", f"version {new.version} does not follow {old.version}")
    lost = list(_lost(new, old))
    if lost:
        raise BadTrustList("something-lost", "; ".join(lost))


def changes(new: TrustList, old: TrustList | None) -> list[str]:
    """What a list changes against the previous one, a sentence each, for the person who is about to sign it."""
    said = [f"version {new.version}, from {new.issued:%Y-%m-%d} until {new.expires:%Y-%m-%d}"]
    earlier = {authority.id: authority for authority in old.authorities} if old else {}
    for authority in new.authorities:
        said += _changed(authority, earlier.get(authority.id))
    known = old.profiles if old else {}
    said += [
        f"profile {code}, {profile.service}: {'changed' if code in known else 'new'}"
        for code, profile in new.profiles.items()
        if known.get(code) != profile
    ]
    for host in set(new.verifiers) - set(old.verifiers if old else ()):
        said.append(f"official address {host}: new")
    if len(new.time_stamping) != len(old.time_stamping if old else ()):
        said.append(f"time stamping authorities: {len(new.time_stamping)}")
    return said


def says_the_same(new: TrustList, old: TrustList) -> bool:
    """Whether nothing but number and dates differs."""
    return len(changes(new, old)) == 1


def _lost(new: TrustList, old: TrustList) -> Iterator[str]:
    for host in set(old.verifiers) - set(new.verifiers):
        yield f"the official address {host}"
    for code, profile in old.profiles.items():
        fields = {(field.key, field.type) for field in profile.fields}
        now = new.profiles.get(code)
        if now is None or not fields <= {(field.key, field.type) for field in now.fields}:
            yield f"profile {code} or a field of it"
    present = {authority.id: authority for authority in new.authorities}
    for authority in old.authorities:
        if authority.id not in present:
            yield f"the authority {authority.id}"
        else:
            yield from _lost_of(present[authority.id], authority, old.issued)


def _lost_of(new: Authority, old: Authority, since: datetime) -> Iterator[str]:
    if not set(old.names) <= set(new.names):
        yield f"a name of {old.id}"
    if not _keeps_logs(new, old):
        yield f"the log of {old.id}, or where one before it ended"
    if not set(old.status) <= set(new.status) or not old.profiles <= new.profiles:
        yield f"a status address or a profile of {old.id}"
    keys = {(key.public.kid, key.purpose): key for key in new.keys}
    for key in old.keys:
        now = keys.get((key.public.kid, key.purpose))
        if now is None or _is_weaker(now, key, since):
            yield f"the key {key.public.kid.hex()} of {old.id}, its period or its mark of compromise"


def _keeps_logs(new: Authority, old: Authority) -> bool:
    """The log is the same, or ended with a successor, not below what a mark of compromise says that it had."""
    known = len(old.former_logs)
    if new.former_logs[:known] != old.former_logs:
        return False
    if len(new.former_logs) == known:
        return (new.log_origin, new.log_address) == (old.log_origin, old.log_address)
    ended = new.former_logs[known]
    had = max((key.compromised_log_size or 0 for key in old.keys), default=0)
    return (ended.origin, ended.address) == (old.log_origin, old.log_address) and ended.size >= had


def _is_weaker(now: Key, before: Key, since: datetime) -> bool:
    """What the key signed before the last list was made must stay in its period; a mark is never taken back."""
    if now.public.jwk != before.public.jwk or now.not_before > before.not_before:
        return True
    if now.not_after < min(before.not_after, since):
        return True
    if before.compromised_log_size is None:
        return False
    return now.compromised_log_size is None or now.compromised_log_size > before.compromised_log_size


def _changed(authority: Authority, old: Authority | None) -> list[str]:
    if old is None:
        return [f"authority {authority.id}: new"] + [_key(authority, key, "new") for key in authority.keys]
    before = {(key.public.kid, key.purpose): key for key in old.keys}
    said = []
    for key in authority.keys:
        known = before.get((key.public.kid, key.purpose))
        if known is None:
            said.append(_key(authority, key, "new"))
        elif known.compromised_log_size != key.compromised_log_size:
            said.append(_key(authority, key, f"COMPROMISED since {key.compromised_since:%Y-%m-%d %H:%M} UTC"))
        elif known.not_after != key.not_after:
            said.append(_key(authority, key, f"ends {key.not_after:%Y-%m-%d %H:%M} UTC"))
    if authority.names != old.names:
        said.append(f"authority {authority.id}: names changed")
    if authority.profiles != old.profiles or authority.status != old.status:
        said.append(f"authority {authority.id}: profiles or status addresses changed")
    for ended in authority.former_logs[len(old.former_logs) :]:
        said.append(
            f"authority {authority.id}: the log {ended.origin} ENDED with {ended.size} entries,"
            f" root {ended.root.hex()}"
        )
    if authority.log_origin != old.log_origin:
        said.append(f"authority {authority.id}: its log is {authority.log_origin}")
    if (authority.witnesses, authority.quorum) != (old.witnesses, old.quorum):
        said.append(
            f"authority {authority.id}: {len(authority.witnesses)} witnesses, quorum {authority.quorum}"
        )
    return said


def _key(authority: Authority, key: Key, what: str) -> str:
    period = f"{key.not_before:%Y-%m-%d} to {key.not_after:%Y-%m-%d}"
    return f"{authority.id}: {key.purpose} key {key.public.kid.hex()}, {period}: {what}"
