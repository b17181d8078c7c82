"""Coded reasons: why an authority refuses, returns, suspends, revokes or corrects, in both languages, with the law."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q

from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.reason_rule import Reasons, read_reasons
from rukhsa.values.names import Text

LONGEST = 400  # characters of a reason or of its legal basis, in one language


class UnknownReason(CatalogueError):
    """A reason that is not offered for this act and this service, or that has ended."""

    code = "unknown-reason"


class Use(models.TextChoices):
    """For which acts a reason is offered."""

    REFUSAL = "refusal"
    RETURN = "return"
    SUSPENSION = "suspension"
    REVOCATION = "revocation"
    CORRECTION = "correction"


class ReasonQuerySet(models.QuerySet["Reason"]):
    """Which reasons are offered."""

    def newest(self) -> "ReasonQuerySet":
        """The newest version of each reason, the ended ones among them."""
        return self.order_by("code", "-number").distinct("code")

    def offered(self, use: str, service: str = "") -> "ReasonQuerySet":
        """Those that may be given now for an act on a service; without a service, for the act on any."""
        newest = self.filter(
            pk__in=Reason.objects.newest().values("pk"), is_ended=False, uses__contains=[use]
        )
        return newest.filter(Q(services=[]) | Q(services__contains=[service])) if service else newest

    def chosen(self, codes: Collection[str], use: str, service: str) -> list["Reason"]:
        """The offered reasons of these codes, in the order of the catalogue. Raises UnknownReason."""
        if not codes:
            return []
        found = list(self.offered(use, service).filter(code__in=codes).order_by("code"))
        if unknown := set(codes) - {each.code for each in found}:
            raise UnknownReason(min(unknown))
        return found


class Reason(models.Model):
    """One version of a reason. What was given once is told in the words of then, whatever is changed later."""

    code = models.SlugField(max_length=60)
    number = models.PositiveSmallIntegerField()
    uses = ArrayField(models.CharField(max_length=12, choices=Use))
    services = ArrayField(models.SlugField(max_length=60), default=list)  # empty: all
    text_ar = models.CharField(max_length=LONGEST)
    text_en = models.CharField(max_length=LONGEST)
    basis_ar = models.CharField(max_length=LONGEST, blank=True)
    basis_en = models.CharField(max_length=LONGEST, blank=True)
    is_ended = models.BooleanField(default=False)  # no longer offered
    from_file = models.BooleanField(default=False)  # and not from the desk
    at = models.DateTimeField()

    objects = ReasonQuerySet.as_manager()

    class Meta:
        ordering = ["code", "number"]
        constraints = [models.UniqueConstraint(fields=["code", "number"], name="reason_version_once")]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"

    @property
    def text(self) -> Text:
        """What people read."""
        return Text(ar=self.text_ar, en=self.text_en)

    @property
    def basis(self) -> Text:
        """The law on which it rests; may be empty."""
        return Text(ar=self.basis_ar, en=self.basis_en)

    def says_the_same_as(self, other: "Reason") -> bool:
        """Whether both have the same words, for the same acts and services."""
        return all(getattr(self, field) == getattr(other, field) for field in SAID)


SAID = ("uses", "services", "text_ar", "text_en", "basis_ar", "basis_en", "is_ended")
"""The fields of a version that people change."""


@transaction.atomic
def load_reasons(folder: Path, *, at: datetime) -> list[Reason]:
    """Write a version of each reason that is new or changed in the file, and return those.

    What the staff changed on the desk stands: the file no longer changes such a reason. Raises DefinitionRefused.
    """
    reading = read_reasons(folder)
    newest = {each.code: each for each in Reason.objects.newest()}
    changed = [
        each
        for each in _written(reading, at)
        if (before := newest.get(each.code)) is None
        or (before.from_file and not each.says_the_same_as(before))
    ]
    for each in changed:
        each.number = newest[each.code].number + 1 if each.code in newest else 1
    return Reason.objects.bulk_create(changed)


def _written(reading: Reading[Reasons] | None, at: datetime) -> Iterator[Reason]:
    for code, rule in reading.value.reasons.items() if reading else ():
        basis = rule.basis or Text()
        yield Reason(
            code=code,
            uses=list(rule.for_),
            services=list(rule.services),
            text_ar=rule.text.ar,
            text_en=rule.text.en,
            basis_ar=basis.ar,
            basis_en=basis.en,
            from_file=True,
            at=at,
        )


def in_words(reasons: Iterable[Reason], note: str, language: str) -> str:
    """Coded reasons and the officer's own words as one text, each on a line, in a language."""
    lines = [each.text.in_language(language) for each in reasons]
    return "\n".join(line for line in (*lines, note.strip()) if line)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Reasons and their legal basis in one language, each a text of lines."""

    reasons: str
    basis: str


def told(coded: Sequence[Reason], note: str, basis: str, language: str, *, otherwise: str) -> Told:
    """What a reader of this language is told of an act's reasons; `otherwise` where none was chosen from the list."""
    if not coded:
        return Told(reasons=otherwise, basis=basis)
    laws = dict.fromkeys((*(each.basis.in_language(language) for each in coded), basis.strip()))
    return Told(reasons=in_words(coded, note, language), basis="\n".join(law for law in laws if law))
