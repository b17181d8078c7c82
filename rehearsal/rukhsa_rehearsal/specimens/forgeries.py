"""The specimens of the set: how each is made, and the verdict that its code and its file must get."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from rukhsa.issuance.compose import compose
from rukhsa.trust import digits, specimen, statuslist
from rukhsa.trust.profiles import from_days, to_days
from rukhsa.trust.seal import Claims
from rukhsa_rehearsal.specimens.overlay import paint_over
from rukhsa_rehearsal.specimens.paper import set_on_paper
from rukhsa_rehearsal.specimens.training import (
    FORGER,
    LAYLA,
    OLD_SEALER,
    SAMI,
    STOLEN,
    Training,
    renewed,
    sealed,
)

VALID: Final = ("valid", "in-force")
UNSIGNED: Final = ("altered", "not-a-pdf")  # has the attachments of a released file
NO_FILE_OF_OURS: Final = ("not-ours", "other-file")  # claims nowhere to be one
PAPER_NUMBER: Final = "RW/2019/118"

type Answer = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """One document: its file, and the word and the reason that its code and its file must get (no code: none)."""

    name: str
    file: bytes
    code: Answer | None
    whole: Answer


def every_specimen(training: Training) -> Iterator[Specimen]:
    """Every specimen, in the order of the training."""
    for name, make in _MAKERS.items():
        file, code, whole = make(training)
        yield Specimen(name=name, file=file, code=code, whole=whole)


type _Made = tuple[bytes, Answer | None, Answer]


def _released(training: Training, claims: Claims) -> bytes:
    return training.release(training.page(training.seal(claims), claims))


def _genuine(training: Training) -> _Made:
    return _released(training, training.claims(LAYLA)), VALID, VALID


def _edited_text(training: Training) -> _Made:
    claims = training.claims(LAYLA, last=20)
    data = training.seal(claims)
    later = renewed(claims, facts={**claims.facts, 6: to_days(training.today) + 300, 7: 1200})
    signed = training.sign(compose(training.page(data, later)), FORGER)
    return signed, VALID, ("altered", "pdf-unknown-key")


def _swapped_code(training: Training) -> _Made:
    other = training.seal(training.claims(LAYLA))
    ended = training.claims(LAYLA, first=-90, last=-2, ago=90)
    return compose(training.page(other, ended)), VALID, UNSIGNED


def _anothers_code(training: Training) -> _Made:
    other = training.seal(training.claims(LAYLA))
    return compose(training.page(other, training.claims(SAMI))), VALID, UNSIGNED


def _replayed_version(training: Training) -> _Made:
    first = training.claims({**LAYLA, 7: 900})
    file = _released(training, first)
    training.seal(renewed(first, version=2, status_index=first.status_index + 1000))
    training.put(first, statuslist.SUPERSEDED)
    answer = ("superseded", "superseded")
    return file, answer, answer


def _off_log(training: Training) -> _Made:
    claims = training.claims(SAMI)
    data = sealed(claims, STOLEN, 0)
    file = training.sign(compose(training.page(data, claims, proof_of=0)), FORGER)
    return file, ("not-registered", "not-in-log"), ("altered", "pdf-unknown-key")


def _key_missed(training: Training) -> _Made:
    training.stolen_since = training.checkpoint.size if training.checkpoint else 0
    claims = training.claims(SAMI)
    data = training.seal(claims, STOLEN)
    answer = ("altered", "key-compromised")
    return training.release(training.page(data, claims)), answer, answer


def _look_alike_host(training: Training) -> _Made:
    claims = training.claims(SAMI)
    host = training.territory.verifier.replace(".", "-", 1)
    page = training.page(sealed(claims, FORGER, 0), claims, host=host)
    return training.sign(compose(page), FORGER), ("altered", "foreign-host"), ("altered", "pdf-unknown-key")


def _homoglyph_name(training: Training) -> _Made:
    claims = training.claims(LAYLA)
    data = training.seal(claims)
    # The Persian yeh looks like the Arabic one inside a word.
    changed = data.replace("ليلى".encode(), "لیلى".encode(), 1)
    text = f"{training.site}#{digits.encode(changed)}"
    return compose(training.paper(claims, text, {})), ("altered", "bad-signature"), NO_FILE_OF_OURS


def _turned_name(training: Training) -> _Made:
    claims = training.claims(LAYLA)
    data = training.seal(claims)
    # A right-to-left override in place of two letters: what follows is shown backwards.
    changed = data.replace("لي".encode(), "\u202e ".encode(), 1)
    text = f"{training.site}#{digits.encode(changed)}"
    shown = renewed(claims, facts={**claims.facts, 3: "9876•••••"})
    return compose(training.paper(shown, text, {})), ("altered", "bad-text"), NO_FILE_OF_OURS


def _appended_bytes(training: Training) -> _Made:
    file = _released(training, training.claims(LAYLA))
    return file + b"% and something more\n", VALID, ("altered", "pdf-not-covered")


def _shadow_replace(training: Training) -> _Made:
    claims = training.claims(LAYLA, last=20)
    file = _released(training, claims)
    until = _until(claims)
    forged = paint_over(file, until, instead=f"31 December {training.today.year + 9}")
    return forged, VALID, ("altered", "pdf-not-covered")


def _shadow_hide(training: Training) -> _Made:
    claims = training.claims(LAYLA, last=20)
    return (
        paint_over(_released(training, claims), _until(claims)),
        VALID,
        ("altered", "pdf-not-covered"),
    )


def _until(claims: Claims) -> str:
    last = claims.facts[6]
    assert isinstance(last, int)
    day = from_days(last)
    return f"{day.day} {day:%B} {day.year}"


def _expired_key(training: Training) -> _Made:
    claims = training.claims(SAMI)
    answer = ("altered", "outside-key-period")
    return training.release(training.page(training.seal(claims, OLD_SEALER), claims)), answer, answer


def _with_status(status: int) -> Callable[[Training], _Made]:
    def make(training: Training) -> _Made:
        claims = training.claims(LAYLA)
        file, word = _released(training, claims), statuslist.NAMES[status]
        training.put(claims, status)
        return file, (word, word), (word, word)

    return make


def _expired(training: Training) -> _Made:
    answer = ("expired", "after-its-last-day")
    return _released(training, training.claims(LAYLA, first=-90, last=-2, ago=90)), answer, answer


def _not_yet(training: Training) -> _Made:
    answer = ("not-yet-valid", "before-its-first-day")
    # Begins after the year for which a set is good.
    return _released(training, training.claims(LAYLA, first=400, last=430)), answer, answer


def _draft(training: Training) -> _Made:
    claims = training.claims(LAYLA)
    data = sealed(claims, specimen.signer(), None)
    return compose(training.page(data, claims)), ("specimen", "specimen"), UNSIGNED


def _paper(training: Training) -> _Made:
    issued = training.today.replace(year=training.today.year - 1)
    return set_on_paper(training, PAPER_NUMBER, issued), None, NO_FILE_OF_OURS


_MAKERS: Final[dict[str, Callable[[Training], _Made]]] = {
    "genuine": _genuine,
    "edited-text": _edited_text,
    "swapped-code": _swapped_code,
    "anothers-code": _anothers_code,
    "replayed-version": _replayed_version,
    "off-log": _off_log,
    "key-missed": _key_missed,
    "look-alike-host": _look_alike_host,
    "homoglyph-name": _homoglyph_name,
    "turned-name": _turned_name,
    "appended-bytes": _appended_bytes,
    "shadow-replace": _shadow_replace,
    "shadow-hide": _shadow_hide,
    "expired-key": _expired_key,
    "revoked": _with_status(statuslist.REVOKED),
    "suspended": _with_status(statuslist.SUSPENDED),
    "superseded": _with_status(statuslist.SUPERSEDED),
    "expired": _expired,
    "not-yet-valid": _not_yet,
    "draft": _draft,
    "paper": _paper,
}
