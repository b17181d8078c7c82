"""A verdict of the server as the page shows it: facts with the holder first, dates, age of the knowledge."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext

from rukhsa.trust.verdict import Verdict
from rukhsa.verification.evidence import time_zone
from rukhsa.verification.paper import PaperVerdict
from rukhsa.web.public import wording

_ARABIC = re.compile("[\u0600-\u06ff]")


@dataclass(frozen=True, kw_only=True)
class ShownFact:
    """One line to compare: `first` is set large, `left_to_right` isolates numbers and codes."""

    label: str
    value: str
    left_to_right: bool = False
    first: bool = False


def context(verdict: Verdict, language: str) -> dict[str, Any]:
    """What the template of the answer needs."""
    zone = time_zone()
    moment = wording.moment_in_words(verdict.at, zone, language)
    return {
        "paper": isinstance(verdict, PaperVerdict),
        "verdict": verdict,
        "until": wording.until(verdict, language),
        "facts": _facts(verdict, language),
        "checked": wording.sentences()["checkedByServer"].format(moment=moment),  # type: ignore[attr-defined]
        "known": _known(verdict, language),
        "stamp": _stamp(verdict, language),
        "circular": verdict.policy_name.in_language(language),
    }


def _facts(verdict: Verdict, language: str) -> list[ShownFact]:
    """The holder first, then the profile's order, then number and version; of a paper the little that is told."""
    if isinstance(verdict, PaperVerdict):
        return [
            ShownFact(label=gettext("Document number"), value=verdict.number, left_to_right=True, first=True),
            ShownFact(label=gettext("Kind"), value=verdict.kind),
            ShownFact(label=gettext("Issued"), value=wording.recorded_in_words(verdict.issued, language)),
        ]
    if verdict.claims is None or verdict.profile is None:
        return []
    roles = {field.key: field.role for field in verdict.profile.fields}
    shown = [
        ShownFact(
            label=fact.label,
            value=fact.value,
            # A number with an Arabic unit reads from the right, as Arabic does.
            left_to_right=fact.left_to_right and not _ARABIC.search(fact.value),
            first=roles[fact.key] == "holder",
        )
        for fact in verdict.facts(language)
    ]
    shown.sort(key=lambda fact: not fact.first)
    number = ShownFact(label=gettext("Document number"), value=verdict.claims.instrument, left_to_right=True)
    version = ShownFact(label=gettext("Version"), value=str(verdict.claims.version), left_to_right=True)
    return [*shown, number, version]


def _known(verdict: Verdict, language: str) -> str:
    if isinstance(verdict, PaperVerdict) or verdict.word == "not-ours":
        return ""  # of paper there is no list, and a stranger's document has no status here
    if verdict.status_issued_at is None:
        return gettext("Suspensions and revocations are not known.")
    issued = datetime.fromtimestamp(verdict.status_issued_at, UTC)
    moment = wording.moment_in_words(issued, time_zone(), language)
    return gettext("Suspensions and revocations are known as of {moment}.").format(moment=moment)


def _stamp(verdict: Verdict, language: str) -> str:
    """What a file's time stamp is worth, and when it was given; nothing where no file was handed in."""
    if isinstance(verdict, PaperVerdict) or verdict.stamp_sentence is None:
        return ""
    sentence = verdict.stamp_sentence.in_language(language)
    if verdict.stamped_at is None:
        return sentence
    moment = wording.moment_in_words(datetime.fromtimestamp(verdict.stamped_at, UTC), time_zone(), language)
    return f"{sentence} {gettext('Stamped: {moment}.').format(moment=moment)}"
