"""The sentences of the verifier page around a verdict: the same for the server and for the browser."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, pgettext

from rukhsa.trust.profiles import date_in_words, fact_in_role, from_days
from rukhsa.trust.verdict import Verdict
from rukhsa.verification.acceptance import PaperVerdict
from rukhsa.verification.own_verifier import time_zone

_ARABIC = re.compile("[\u0600-\u06ff]")


@dataclass(frozen=True, kw_only=True)
class ShownFact:
    """A line to compare; `first` is set large, `left_to_right` isolates numbers and codes."""

    label: str
    value: str
    left_to_right: bool = False
    first: bool = False


def outcome_in_words(outcome: str) -> str:
    """The outcome of a duty: met, failed, not reached, not asked."""
    return {
        "met": gettext("met"),
        "failed": gettext("not met"),
        "not-reached": gettext("not reached"),
        "not-asked": gettext("not checked for the public"),
    }.get(outcome, outcome)


def sentences() -> dict[str, object]:
    """Every sentence that the page's JavaScript shows; `{…}` are placeholders."""
    return {
        "until": _until(),
        "number": gettext("Document number"),
        "version": gettext("Version"),
        "checked": gettext("Checked on this device on {moment}."),
        "checkedByServer": gettext("Checked by this site on {moment}."),
        "known": gettext("Suspensions and revocations known as of {moment} ({age})."),
        "unknown": gettext("We do not know if it was suspended or revoked."),
        "outcomes": {word: outcome_in_words(word) for word in ("met", "failed", "not-reached", "not-asked")},
        "title": gettext("Check a document"),
        "working": gettext("Checking the signature, the public log and the status…"),
        "logKnown": gettext("The public log is known as of {moment} ({age})."),
        "listKnown": gettext("List of authorities dated {moment} ({age})."),
        "usedKept": gettext("There was no connection. This result uses the copy on this device."),
        "foreignHost": gettext("It points to {host}; the official address is {official}."),
        **_troubles(),
        **_of_the_device(),
    }


def _troubles() -> dict[str, str]:
    """What can go wrong before there is anything to verify, and what to do instead."""
    return {
        "noTrustList": gettext("We could not load the list of authorities. Connect and try again."),
        "pageBroken": gettext("We could not make the check. Connect, reload this page and try again."),
        "noCode": gettext(
            "We found no QR code of ours in the picture. Take it again from close by, flat and in good light."
        ),
        "cameraRefused": gettext(
            "This page cannot use the camera. Allow it in your browser's settings, or choose a picture "
            "of the QR code."
        ),
        "cameraMissing": gettext(
            "This device has no camera. Choose a picture of the QR code, or enter the number."
        ),
        "cameraBusy": gettext(
            "We could not open the camera. Another app may be using it. You can choose a picture of the "
            "QR code instead."
        ),
        "scannerComes": gettext("Loading the scanner…"),
        "scannerReady": gettext("Hold the QR code inside the frame, in good light."),
        "scannerMissing": gettext(
            "We could not load the scanner without a connection. Open the QR code with your phone's own "
            "camera app."
        ),
        "numberNeedsNetwork": gettext(
            "You need a connection to check by number. You can scan the QR code without one."
        ),
        "readingFile": gettext("Reading the file…"),
        "emptyFile": gettext("Choose a file that is not empty."),
        "tooLarge": gettext("The file is larger than 16 MB."),
        "neitherPictureNorPdf": gettext(
            "The file is neither a PDF nor a picture. Choose the document, or a picture of its QR code."
        ),
    }


def _of_the_device() -> dict[str, str]:
    """The sentences about what the device stores for offline use."""
    return {
        "keepsNothing": gettext(
            "This browser cannot save a copy for this site. Every check needs a connection."
        ),
        "keepsNothingYet": gettext("This device has no saved copy yet. Connect and update it."),
        "pageKept": gettext("This page opens without a connection."),
        "pageNotKept": gettext("This page does not open without a connection yet. Load it once more."),
        "listsKept": gettext("Status lists as of {moment} ({age})."),
        "listsOld": gettext(
            "These lists are out of date. Until you update them, the result is “cannot tell”."
        ),
        "trustListKept": gettext("List of issuing authorities of {moment} ({age})."),
        "logKept": gettext("Entries of the public logs: {covered} of {entries}"),
        "notRenewed": gettext("There is no connection, so we could not update."),
    }


def _until() -> dict[str, str]:
    """The sentences under the verdict's word that name a day."""
    return {
        "valid": gettext("until {date}"),
        "expired": gettext("Ended on {date}"),
        "not-yet-valid": gettext("from {date}"),
    }


def until(verdict: Verdict, language: str) -> str:
    """The line under the verdict's word: until when, since when, or from when."""
    if isinstance(verdict, PaperVerdict):
        return _paper_until(verdict, language)
    if verdict.claims is None or verdict.profile is None or verdict.word not in _until():
        return ""
    role = "valid-from" if verdict.word == "not-yet-valid" else "valid-until"
    days = fact_in_role(verdict.claims.facts, verdict.profile, role)
    if not isinstance(days, int):
        return ""
    return _until()[verdict.word].format(date=date_in_words(from_days(days), language))


def _paper_until(verdict: PaperVerdict, language: str) -> str:
    if verdict.accepted_until is None:
        return ""
    accepted = verdict.word == "paper"
    sentence = gettext("Accepted until {date}") if accepted else gettext("Was accepted until {date}")
    return sentence.format(date=date_in_words(verdict.accepted_until, language))


def recorded_in_words(recorded: str, language: str) -> str:
    """A date as a register recorded it: 4 November 2020, November 2020, 2020, or not recorded."""
    if not recorded:
        return gettext("Not recorded in the register.")
    words = date_in_words(date.fromisoformat(f"{recorded}-01-01"[:10]), language).split(" ")
    return " ".join(words[{4: 2, 7: 1, 10: 0}[len(recorded)] :])


def moment_in_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """A moment in the instrument's time zone: 24 November 2026, 10:05."""
    local = moment.astimezone(zone)
    comma = "، " if language == "ar" else ", "
    return f"{date_in_words(local.date(), language)}{comma}{local:%H:%M}"


def too_many() -> str:
    """For an address that asks too often."""
    return gettext("Too many checks from your network. Try again in a minute.")


def no_such_document() -> str:
    """For an absent number and for a wrong code alike."""
    return gettext("No document has this number and code. Check both against the paper, letter by letter.")


def no_such_page() -> str:
    """For an address that leads nowhere."""
    return gettext("This page does not exist. You can check a document below.")


def no_file() -> str:
    """For a missing or empty file."""
    return gettext("Choose a file that is not empty.")


def answer_context(verdict: Verdict, language: str) -> dict[str, Any]:
    """The context of the answer's template."""
    zone = time_zone()
    moment = moment_in_words(verdict.at, zone, language)
    return {
        "paper": isinstance(verdict, PaperVerdict),
        "verdict": verdict,
        "until": until(verdict, language),
        "facts": _facts(verdict, language),
        "checked": sentences()["checkedByServer"].format(moment=moment),  # type: ignore[attr-defined]
        "known": _known(verdict, language),
        "stamp": _stamp(verdict, language),
        "circular": verdict.policy_name.in_language(language),
    }


def _facts(verdict: Verdict, language: str) -> list[ShownFact]:
    """The holder first, then in the profile's order, then number and version; of a paper document its few facts."""
    if isinstance(verdict, PaperVerdict):
        return [
            ShownFact(label=gettext("Document number"), value=verdict.number, left_to_right=True, first=True),
            ShownFact(label=gettext("Kind"), value=verdict.kind),
            ShownFact(label=pgettext("date", "Issued"), value=recorded_in_words(verdict.issued, language)),
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
        return ""  # a paper document has no status list, and a stranger's document no status here
    if verdict.status_issued_at is None:
        return gettext("We do not know if it was suspended or revoked.")
    issued = datetime.fromtimestamp(verdict.status_issued_at, UTC)
    moment = moment_in_words(issued, time_zone(), language)
    return gettext("Suspensions and revocations known as of {moment}.").format(moment=moment)


def _stamp(verdict: Verdict, language: str) -> str:
    """What a file's time stamp proves, and when it was made; empty if no file was given."""
    if isinstance(verdict, PaperVerdict) or verdict.stamp_sentence is None:
        return ""
    sentence = verdict.stamp_sentence.in_language(language)
    if verdict.stamped_at is None:
        return sentence
    moment = moment_in_words(datetime.fromtimestamp(verdict.stamped_at, UTC), time_zone(), language)
    return f"{sentence} {gettext('Stamped: {moment}.').format(moment=moment)}"
