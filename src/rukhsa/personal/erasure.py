"""Erasure: personal values are taken away for good, of an application, a violation or a person, and what stays says so.

It is the one exception to facts that are written once. The database lets a personal column of a fact become empty only
where the hash of what it held was written down before, with the rule; nothing else of the row may change.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.applications.application import lock
from rukhsa.applications.models import Application, PictureCopy
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.audit.journal import record_each
from rukhsa.authorities.actor import Actor
from rukhsa.personal.erasure_hold import free, holds_on
from rukhsa.personal.purpose import PersonalError
from rukhsa.violations.models import Violation


class StillKept(PersonalError):
    """Something keeps the application: it is open, in dispute, money is open, or its document is in force."""

    code = "still-kept"
    text = _("It is kept: it is open or in dispute, money is open, or its document is in force.")


class Erasure(models.Model):
    """That the personal values of one of its three subjects were erased: when, by which rule, and on whose decision."""

    class Cause(models.TextChoices):
        RETENTION = "retention"
        REQUEST = "request"  # of the person

    application = models.OneToOneField(Application, models.PROTECT, null=True, related_name="erasure")
    violation = models.OneToOneField(Violation, models.PROTECT, null=True, related_name="erasure")
    person = models.OneToOneField(Person, models.PROTECT, null=True, related_name="erasure")
    cause = models.CharField(max_length=10, choices=Cause)
    rule = models.CharField(max_length=40)  # its kind in retention.yaml
    why = models.CharField(max_length=400)  # what the rule said then
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, violation=None, person=None)
                | Q(application=None, violation__isnull=False, person=None)
                | Q(application=None, violation=None, person__isnull=False),
                name="erasure_of_one_subject",
            )
        ]

    @property
    def subject(self) -> models.Model:
        """What was erased."""
        return getattr(self, self.subject_field)  # type: ignore[no-any-return]

    @property
    def subject_field(self) -> str:
        """The name of the one of its three fields that is filled."""
        return "application" if self.application_id else "violation" if self.violation_id else "person"


class ErasedValue(models.Model):
    """One value that was erased: where it stood, and its hash with a salt of its own, for comparing a copy."""

    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="values")
    table = models.CharField(max_length=63)
    row = models.CharField(max_length=36)
    column = models.CharField(max_length=63)
    salt = models.CharField(max_length=36)
    digest = models.CharField(max_length=64)  # SHA-256 in hex, of the salt and the value as JSON

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "row", "column"], name="erased_once")]


@dataclass(frozen=True, kw_only=True)
class Erasable:
    """A column that holds personal values: what stands there afterwards, and the rows of one subject, `%(of)s`."""

    table: str
    column: str
    empty: str  # as SQL
    rows: str = "application_id = %(of)s"
    is_fact: bool = True  # of a table whose rows are written once


_TEXT, _OBJECT, _LIST, _NULL = "''", "'{}'::jsonb", "'[]'::jsonb", "'null'::jsonb"
_OF_MESSAGES: Final = "message_id IN (SELECT id FROM correspondence_message WHERE application_id = %(of)s)"
_OF_VISITS: Final = "inspection_id IN (SELECT id FROM review_inspection WHERE application_id = %(of)s)"
_OF_OPINIONS: Final = (
    "opinion_id IN (SELECT id FROM review_opinion WHERE referral_id IN"
    " (SELECT id FROM review_referral WHERE application_id = %(of)s))"
)
_OF_GRANTS: Final = (
    "grant_id IN (SELECT id FROM review_drawngrant WHERE decision_id IN"
    " (SELECT id FROM review_decision WHERE application_id = %(of)s))"
)
_OF_REFERRALS: Final = "referral_id IN (SELECT id FROM review_referral WHERE application_id = %(of)s)"
_ADDED: Final = "application_id = %(of)s AND added_because <> ''"  # what officers wrote themselves
ERASABLE: Final[tuple[Erasable, ...]] = (
    Erasable(table="applications_step", column="content", empty=_OBJECT),
    Erasable(table="correspondence_message", column="text", empty=_TEXT),
    Erasable(table="correspondence_enclosure", column="name", empty=_TEXT, rows=_OF_MESSAGES),
    Erasable(table="review_finding", column="text", empty=_TEXT),
    Erasable(table="review_note", column="text", empty=_TEXT),
    Erasable(table="review_casefile", column="name", empty=_TEXT),
    Erasable(table="review_referral", column="question_ar", empty=_TEXT, rows=_ADDED, is_fact=False),
    Erasable(table="review_referral", column="question_en", empty=_TEXT, rows=_ADDED, is_fact=False),
    Erasable(table="review_inspection", column="checklist", empty=_LIST, rows=_ADDED, is_fact=False),
    Erasable(table="review_recording", column="value", empty=_NULL),
    Erasable(table="review_opinion", column="text", empty=_TEXT, rows=_OF_REFERRALS),
    Erasable(table="review_condition", column="text_ar", empty=_TEXT, rows=_OF_OPINIONS),
    Erasable(table="review_condition", column="text_en", empty=_TEXT, rows=_OF_OPINIONS),
    Erasable(table="review_secondlook", column="reasons", empty=_TEXT, rows=_OF_GRANTS),
    Erasable(table="rounds_fieldreport", column="said", empty=_OBJECT, rows=_OF_VISITS),
    Erasable(table="review_inspectionreport", column="text", empty=_TEXT, rows=_OF_VISITS),
    Erasable(table="review_inspectionreport", column="photos", empty=_LIST, rows=_OF_VISITS),
    Erasable(table="payments_depositaccount", column="iban", empty=_TEXT),
    Erasable(table="personal_purpose", column="words", empty=_TEXT),
    Erasable(
        table="applications_application", column="typed", empty=_OBJECT, rows="id = %(of)s", is_fact=False
    ),
    Erasable(
        table="applications_application", column="answers", empty=_OBJECT, rows="id = %(of)s", is_fact=False
    ),
    Erasable(table="applications_attachment", column="name", empty=_TEXT, is_fact=False),
    Erasable(table="applications_signatory", column="number", empty=_TEXT, is_fact=False),
    Erasable(table="applications_signatory", column="phone", empty=_TEXT, is_fact=False),
    Erasable(table="delivery_notice", column="facts", empty=_OBJECT, is_fact=False),
)


# The rows that hold files of what can be erased: the kind of subject, and the way from the row to it.
FILES: Final = {
    "applications.attachment": ("application", "application"),
    "correspondence.enclosure": ("application", "message__application"),
    "review.casefile": ("application", "application"),
    "review.inspectionreport": ("application", "inspection__application"),
    "review.opinionfile": ("application", "opinion__referral__application"),
    "rounds.fieldphoto": ("application", "inspection__application"),
    "violations.evidence": ("violation", "violation"),
    "batches.batch": ("person", "person"),
    "batches.batchfile": ("person", "batch__person"),
    "consents.deed": ("person", "consent__agent"),
}
# Their digests are of texts, seals, keys or values, or of files that they do not hold.
NO_FILES: Final = frozenset(
    {
        "applications.picturecopy",  # of files that other rows hold
        "catalogue.serviceversion",
        "issuance.intent",
        "payments.bankanswer",
        "personal.erasedvalue",
        "verification.relyingkey",
    }
)


@transaction.atomic
def erase(
    application: Application, *, rule: str, why: str, cause: str, actor: Actor | None, at: datetime
) -> Erasure:
    """Erase the personal values and files of an application; once more changes nothing. Raises StillKept.

    Answers, words and names go from every row; the rows stay with their hashes, and so do the document that was
    issued, its place in the public log, and the money. Files are deleted after the commit: a file that is left over
    by a kill is found by `delete_left_over`.
    """
    application = lock(application)
    if done := Erasure.objects.filter(application=application).first():
        return done
    if application.stage in OPEN_STAGES or (kept := holds_on(application, at=at)):
        raise StillKept(application.stage if application.stage in OPEN_STAGES else ", ".join(kept))
    [erasure] = _erase([application], rule, why, cause, actor, at)
    return erasure


@transaction.atomic
def erase_each(
    applications: Collection[Application],
    *,
    rule: str,
    why: str,
    cause: str,
    actor: Actor | None,
    at: datetime,
) -> int:
    """Erase those of several that are not erased and that nothing keeps, in one transaction; how many.

    However many there are, it takes the statements of one.
    """
    rows = Application.objects.filter(pk__in=[each.pk for each in applications])
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    # Asked after the lock: something may have happened to one in this moment.
    over = free(rows.filter(erasure=None).exclude(stage__in=OPEN_STAGES), at=at)
    erasable = set(over.values_list("pk", flat=True))
    return len(_erase([each for each in locked if each.pk in erasable], rule, why, cause, actor, at))


def _erase(
    applications: Iterable[Application], rule: str, why: str, cause: str, actor: Actor | None, at: datetime
) -> list[Erasure]:
    by = actor.person if actor else None
    erasures = [
        Erasure(application=each, rule=rule, why=why[:400], cause=cause, decided_by=by, at=at)
        for each in applications
    ]
    carry_out_erasures(erasures, ERASABLE, act="erase", actor=actor)
    return erasures


def carry_out_erasures(
    erasures: Collection[Erasure], columns: Iterable[Erasable], *, act: str, actor: Actor | None
) -> None:
    """Save erasures of one kind of subject and one cause, empty the columns of their subjects with their hashes written
    down, note them in the journal, and delete the files after the commit."""
    if not erasures:
        return
    digests = _files_of(erasures)
    Erasure.objects.bulk_create(erasures)
    counts: Counter[int] = Counter()
    for each in columns:
        counts.update(_empty(each, erasures))
    for count, some in groupby(sorted(erasures, key=lambda one: counts[one.pk]), lambda one: counts[one.pk]):
        alike = list(some)
        told = {"rule": alike[0].rule, "cause": alike[0].cause, "values": count}
        record_each(act, [each.subject for each in alike], actor=actor, at=alike[0].at, **told)
    transaction.on_commit(lambda: delete_unused(digests))


def delete_left_over(erasures: Collection[Erasure]) -> None:
    """Delete the files of what was erased that a kill left between its commit and the deletion."""
    delete_unused(_files_of(erasures))


def delete_unused(digests: set[str]) -> None:
    """Delete stored files and the copies of pictures that go with them, except those that a row names which was not
    erased."""
    copies = dict(PictureCopy.objects.filter(digest__in=digests).values_list("digest", "shown_digest"))
    digests = digests | set(copies.values())
    paths = {digest: f"blobs/{digest[:2]}/{digest[2:4]}/{digest}" for digest in digests}
    there = {digest for digest in sorted(digests) if default_storage.exists(paths[digest])}
    # The rows are read only where a file is left: on most nights none is.
    used = _used(there) if there else set()
    for digest in sorted(there - used):
        default_storage.delete(paths[digest])
    if gone := copies.keys() - used:  # last: they name the files of a deletion that was cut off
        PictureCopy.objects.filter(digest__in=gone).delete()


def _used(digests: set[str]) -> set[str]:
    """Those of the digests that something holds which was not erased, in any room: one statement a column of files.

    A room that stores files names their digests `…digest` or, in a list, `photos`: its files stay without its being
    known here, and go with their subject once it is entered in FILES. The copy of a picture is held by what holds the
    picture.
    """
    shown = dict(PictureCopy.objects.filter(shown_digest__in=digests).values_list("digest", "shown_digest"))
    held = _held(digests | set(shown))
    return {each for each in held if each in digests} | {shown[each] for each in held if each in shown}


def _held(digests: set[str]) -> set[str]:
    used: set[str] = set()
    for model in apps.get_models():
        if model._meta.label_lower in NO_FILES:
            continue
        rows = model._default_manager.all()
        if way := FILES.get(model._meta.label_lower):
            rows = rows.filter(**{f"{way[1]}__erasure": None})
        for name in file_columns(model):
            if name == "photos":
                lists = rows.filter(photos__has_any_keys=list(digests)).values_list("photos", flat=True)
                used |= {each for photos in lists for each in photos} & digests
            else:
                used |= set(rows.filter(**{f"{name}__in": digests}).values_list(name, flat=True))
    return used


def file_columns(model: type[models.Model]) -> list[str]:
    """The columns of a table that name stored files."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.name == "photos" or (field.name.endswith("digest") and isinstance(field, models.CharField))
    ]


def _files_of(erasures: Collection[Erasure]) -> set[str]:
    """The digests of all files that belong to what is erased, in a statement for each column of files."""
    found: set[str] = set()
    for label, (subject, way) in FILES.items():
        held = [key for each in erasures if (key := getattr(each, f"{subject}_id"))]
        if not held:
            continue
        model = apps.get_model(label)
        for name in file_columns(model):
            for value in model._default_manager.filter(**{f"{way}__in": held}).values_list(name, flat=True):
                found |= set(value or ()) if name == "photos" else {value} - {""}
    return found


def _empty(erasable: Erasable, erasures: Collection[Erasure]) -> dict[int, int]:
    """Write down the hashes of a column's values, and empty it; how many there were of each erasure.

    The names in the statements are those of the lists of `Erasable`, and nothing that was typed.
    """
    table, column, empty = erasable.table, erasable.column, erasable.empty
    [subject] = {each.subject_field for each in erasures}
    rows = erasable.rows % {"of": f"erasure.{subject}_id"}
    found = f"""
        SELECT erasure.id AS erasure, held.key, held.value FROM personal_erasure AS erasure,
        LATERAL (
            SELECT id AS key, (to_jsonb({table}) -> '{column}')::text AS value FROM {table}
            WHERE {rows} AND "{column}" IS DISTINCT FROM {empty}
        ) AS held
        WHERE erasure.id = ANY (%s)
    """  # noqa: S608 - names of our own tables
    noted = f"""
        WITH found AS MATERIALIZED (SELECT held.*, gen_random_uuid()::text AS salt FROM ({found}) AS held)
        INSERT INTO personal_erasedvalue (erasure_id, "table", "row", "column", salt, digest)
        SELECT erasure, '{table}', key::text, '{column}', salt,
            encode(sha256(convert_to(salt || value, 'UTF8')), 'hex')
        FROM found RETURNING erasure_id
    """  # noqa: S608 - names of our own tables
    emptied = f"""
        WITH found AS MATERIALIZED ({found})
        UPDATE {table} SET "{column}" = {empty} FROM found WHERE {table}.id = found.key
    """  # noqa: S608 - names of our own tables
    given = [[each.pk for each in erasures]]
    with connection.cursor() as cursor:
        cursor.execute(noted, given)
        counts = Counter(erasure for (erasure,) in cursor.fetchall())
        if counts:
            cursor.execute(emptied, given)
    return counts
