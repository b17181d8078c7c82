"""Whether a legacy document can be issued: its answers fit the service, and its facts, letters and seal are valid."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, Final

from django.utils import timezone, translation

from rukhsa.applications.answers import Problem, read_some
from rukhsa.catalogue.checks.seals import CAPACITY, LARGEST_LOG, LONGEST_SIGNATURE, NAME, bits_of
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.instrument import InSeason, Lasting
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.profile import HOLDER
from rukhsa.catalogue.questions.date import DateQuestion
from rukhsa.catalogue.territory import territory
from rukhsa.errors import RukhsaError
from rukhsa.issuance.compose import CannotCompose, compose, require_letters
from rukhsa.issuance.errors import ReleaseRefused
from rukhsa.issuance.grant import Grant, Recorded
from rukhsa.issuance.intent import Intent, Sealing, claims_of, page_of
from rukhsa.issuance.legacy.legacy_document import LegacyDocument
from rukhsa.issuance.legacy.recorded_day import whole_day
from rukhsa.issuance.prepare import intent_of
from rukhsa.trust import seal, statuslist
from rukhsa.trust.errors import BadFacts, BadSeal
from rukhsa.trust.seal import Claims
from rukhsa.values.names import Text
from rukhsa.values.periods import PeriodError

LAST_NUMBER: Final = 999_999

NO_NUMBER: Final = Text(
    en="The register did not record a number of the document on paper.",
    ar="لم يدوّن السجل رقمًا للوثيقة الورقية.",
)
NO_DAY: Final = Text(
    en="The register did not record when the document on paper was issued.",
    ar="لم يدوّن السجل تاريخ إصدار الوثيقة الورقية.",
)
ONLY_MONTH: Final = Text(
    en="The register did not record the day of issue on paper, only the month.",
    ar="لم يدوّن السجل يوم إصدار الوثيقة الورقية، بل شهره فقط.",
)
ONLY_YEAR: Final = Text(
    en="The register did not record the day of issue on paper, only the year.",
    ar="لم يدوّن السجل يوم إصدار الوثيقة الورقية، بل سنته فقط.",
)
_REMARKS: Final = {0: NO_DAY, 4: ONLY_YEAR, 7: ONLY_MONTH}
_UNRECORDED: Final = Text(en="not recorded in the register", ar="لم يدوّنه السجل")


class NotIssuable(RukhsaError, ValueError):
    """The service cannot issue the document; `question` is the one at fault, if there is one."""

    def __init__(self, code: str, reason: str, *, remedy: str = "", question: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason, self.remedy, self.question = code, reason, remedy, question


def unrecorded() -> str:
    """The text for what the register did not record, in the languages of the territory."""
    return " / ".join(_UNRECORDED.in_language(language) for language in territory().languages)


def problems_of(document: LegacyDocument, version: ServiceVersion, *, at: datetime) -> Iterator[NotIssuable]:
    """All that prevents a document from being issued: the fault of each answer, or else of its facts."""
    values, problems = _answers(document, version.definition, at)
    if problems:
        yield from (_of_answer(each, document) for each in problems)
        return
    try:
        _rehearse(_grant(document, version, values), at)
    except NotIssuable as fault:
        yield fault


def require_settable(document: LegacyDocument, version: ServiceVersion, *, at: datetime) -> None:
    """Compose a whole document and read it back, as before a release: a fault of the template affects all documents.

    Raises NotIssuable.
    """
    # Only the worker and commands load the libraries that read pages.
    from rukhsa.issuance.readback import read_back

    values, _ = _answers(document, version.definition, at)
    intent = intent_of(_grant(document, version, values), LAST_NUMBER, statuslist.SHARD - 1, at)
    intent.sealing = Sealing(intent=intent, issued_at=at)
    page = page_of(intent, seal_bytes=_assembled(claims_of(intent, issued_at=at)), proof="a trial")
    try:
        read_back(compose(page), page)
    except (CannotCompose, ReleaseRefused) as error:
        remedy = "mend the template or the service"
        raise NotIssuable(error.code, f"its document cannot be set: {error}", remedy=remedy) from error


def grant_of(document: LegacyDocument, version: ServiceVersion, *, at: datetime) -> Grant:
    """The grant of a legacy document, for the first step of the cycle. Raises NotIssuable."""
    if document.answers is None:
        raise NotIssuable(
            "read-before", "an earlier program read the register", remedy="import the register again"
        )
    values, problems = _answers(document, version.definition, at)
    if problems:
        raise _of_answer(problems[0], document)
    return _grant(document, version, values)


def _grant(document: LegacyDocument, version: ServiceVersion, values: dict[str, Any]) -> Grant:
    return Grant(
        origin=document.origin,
        application=None,
        authority=document.source.authority,
        service_version=version,
        answers=values,
        holder=Text(en=document.holder),
        masked_id=None,
        recorded=Recorded(
            issued=whole_day(document.issued), expires=document.expires, remarks=tuple(_remarks(document))
        ),
    )


def _remarks(document: LegacyDocument) -> Iterator[Text]:
    if not document.number:
        yield NO_NUMBER
    if remark := _REMARKS.get(len(document.issued)):
        yield remark


def _answers(
    document: LegacyDocument, definition: Definition, at: datetime
) -> tuple[dict[str, Any], list[Problem]]:
    """The answers as the service reads them, of the questions that the register answers.

    A limit that counts from submission is counted from the day of issue; whether a block or a parcel is there, is
    asked of today.
    """
    typed, values = document.answers or {}, dict[str, Any]()
    problems: list[Problem] = []
    long_ago = _moment(document.issued) or at
    for question in definition.questions:
        if question.id not in typed:
            continue
        when = long_ago if isinstance(question, DateQuestion) else at
        reading = read_some([question], typed, values, at=when)
        values = reading.values
        problems += reading.problems
    return values, problems


def _moment(recorded: str) -> datetime | None:
    """Noon of the first day that a recorded day, month or year may mean."""
    if not recorded:
        return None
    first = date.fromisoformat(f"{recorded}-01-01"[:10])
    return datetime.combine(first, time(12), timezone.get_current_timezone())


def _of_answer(problem: Problem, document: LegacyDocument) -> NotIssuable:
    typed = str((document.answers or {}).get(problem.about, ""))[:80]
    part = f" (part {problem.part})" if problem.part else ""
    with translation.override("en"):
        return NotIssuable(
            problem.code,
            f'"{typed}" is no answer to the question "{problem.about}"{part}',
            remedy=str(problem.text),
            question=problem.about,
        )


def _rehearse(grant: Grant, at: datetime) -> None:
    """Do all that the cycle does before it uses a key, without storing anything. Raises NotIssuable."""
    _require_days(grant)
    try:
        intent = intent_of(grant, LAST_NUMBER, statuslist.SHARD - 1, at)
    except CannotCompose as error:
        question, remedy = _with_letters_missing(grant), "write it in the letters of the documents' font"
        raise NotIssuable("no-letter", str(error), remedy=remedy, question=question) from error
    except (CatalogueError, BadFacts, PeriodError) as error:
        remedy = "fill in what the document says, or map it"
        raise NotIssuable(error.code, str(error), remedy=remedy) from error
    _require_seal(intent, at)


def _require_days(grant: Grant) -> None:
    """Refuse to seal a day that the register did not record, or an end that depends on one."""
    assert grant.recorded
    rule = grant.service_version.definition.instrument
    if grant.recorded.issued:
        return
    if any(fact.validity == "start" for fact in rule.facts):
        reason = "the document states its first day, and the register did not record the day of issue"
        raise NotIssuable("no-start", reason, remedy="fill in the day of issue, or issue by another service")
    if isinstance(rule.validity, Lasting | InSeason) and grant.recorded.expires is None:
        reason = "its end is counted from the day of issue, which the register did not record"
        raise NotIssuable("no-end", reason, remedy="fill in the day of issue, or map `expires`")


def _with_letters_missing(grant: Grant) -> str:
    """The question whose answer has a letter that the font lacks; "holder" for the holder's name."""
    texts = {"holder": grant.holder.en} | {
        question: str(answer) for question, answer in grant.answers.items()
    }
    for question, text in texts.items():
        try:
            require_letters([text])
        except CannotCompose:
            return question
    return ""


def _require_seal(intent: Intent, at: datetime) -> None:
    """The seal fits a QR of version 15-M; a name of more than 40 letters counts as 40 (docs/formats/seal.md)."""
    claims = claims_of(intent, issued_at=at.replace(microsecond=0))
    short = replace(claims, facts={**claims.facts, HOLDER: str(claims.facts[HOLDER])[:NAME].strip()})
    try:
        _assembled(claims)
        bits = bits_of(territory().verifier, _assembled(short))
    except (BadSeal, BadFacts) as error:
        raise NotIssuable(
            "seal-too-large", f"the seal: {error}", remedy="shorten the texts of the row"
        ) from error
    if bits > CAPACITY:
        reason = f"the seal does not fit a code of version 15-M: {bits} bits of {CAPACITY}"
        raise NotIssuable("seal-too-large", reason, remedy="shorten the texts of the row")


def _assembled(claims: Claims) -> bytes:
    return seal.assemble(claims, bytes(8), LONGEST_SIGNATURE, LARGEST_LOG)
