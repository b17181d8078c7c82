"""What the verifier page says around a verdict: the same sentences for the server and for the browser."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from rukhsa.trust.profiles import date_in_words, fact_in_role, from_days
from rukhsa.trust.verdict import Verdict
from rukhsa.verification.paper import PaperVerdict


def outcome_in_words(outcome: str) -> str:
    """How a duty ended: met, failed, not reached, not asked."""
    return {
        "met": gettext("met"),
        "failed": gettext("not met"),
        "not-reached": gettext("not reached"),
        "not-asked": gettext("not asked of the public"),
    }.get(outcome, outcome)


def sentences() -> dict[str, object]:
    """Every sentence that the page's JavaScript fills in; `{…}` marks where."""
    return {
        "until": _until(),
        "number": gettext("Document number"),
        "version": gettext("Version"),
        "checked": gettext("Checked on this device on {moment}."),
        "checkedByServer": gettext("Checked by this site on {moment}."),
        "known": gettext("Suspensions and revocations are known as of {moment} ({age})."),
        "unknown": gettext("Suspensions and revocations are not known."),
        "outcomes": {word: outcome_in_words(word) for word in ("met", "failed", "not-reached", "not-asked")},
        "noTrustList": gettext("The list of issuing authorities could not be had just now."),
        "noCode": gettext(
            "No code of ours was found in the picture. Take it closer, flat and in good light."
        ),
        "noCamera": gettext("The camera could not be opened. Allow it in the browser, or choose a picture."),
        "tooLarge": gettext("The file is larger than 16 MB."),
    }


def _until() -> dict[str, str]:
    """The line under the word, for the words that have a day to name."""
    return {
        "valid": gettext("until {date}"),
        "expired": gettext("ended on {date}"),
        "not-yet-valid": gettext("from {date}"),
    }


def until(verdict: Verdict, language: str) -> str:
    """The line under the verdict's word: until when, since when, from when."""
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
    sentence = gettext("accepted until {date}") if accepted else gettext("was accepted until {date}")
    return sentence.format(date=date_in_words(verdict.accepted_until, language))


def month_in_words(day: date, language: str) -> str:
    """A month of a register that knows no day: November 2020."""
    return date_in_words(day, language).partition(" ")[2]


def moment_in_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """A moment where the instrument holds: 24 November 2026, 10:05."""
    local = moment.astimezone(zone)
    comma = "، " if language == "ar" else ", "
    return f"{date_in_words(local.date(), language)}{comma}{local:%H:%M}"


def too_many() -> str:
    """Said to an address that asks too often."""
    return gettext("Too many questions came from your address. Wait a minute and ask again.")


def no_such_document() -> str:
    """Said of an absent number and of a wrong code alike."""
    return gettext(
        "No document has this number with this code. Compare both with the paper, letter by letter."
    )


def no_file() -> str:
    """Said where the file is missing or empty."""
    return gettext("Choose a file that is not empty.")
