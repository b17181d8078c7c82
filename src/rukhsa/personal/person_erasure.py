"""The end of accounts: people about whom nothing is kept any more, and erasing what is known of them."""

from datetime import datetime
from typing import Final

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from rukhsa.accounts.models import NO_MAIL, Person, PersonKind
from rukhsa.applications.models import Application, Signing, Step
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.consents.models import Consent
from rukhsa.personal.erasure import Erasable, Erasure, StillKept, carry_out_erasures
from rukhsa.personal.retention_rule import RetentionRule
from rukhsa.violations.models import Violation

_OWN: Final = "id = %(of)s"
_OF_BATCHES: Final = "batch_id IN (SELECT id FROM batches_batch WHERE person_id = %(of)s)"
_OF_DEEDS: Final = "consent_id IN (SELECT id FROM consents_consent WHERE agent_id = %(of)s)"
# The number of an owner goes with the owner, or with who asked where the owner has no account.
_OF_NUMBER: Final = (
    "(owner_number = (SELECT personal_number FROM accounts_person WHERE id = %(of)s) OR agent_id = %(of)s"
    " AND NOT EXISTS (SELECT FROM accounts_person WHERE personal_number = owner_number))"
)
# In this order: a consent is found by the number of its person.
COLUMNS: Final[tuple[Erasable, ...]] = (
    Erasable(table="batches_batchrow", column="typed", empty="'{}'::jsonb", rows=_OF_BATCHES, is_fact=False),
    Erasable(table="batches_batchrow", column="files", empty="'{}'::jsonb", rows=_OF_BATCHES, is_fact=False),
    Erasable(table="batches_batchfile", column="name", empty="id::text", rows=_OF_BATCHES, is_fact=False),
    Erasable(table="batches_batch", column="name", empty="''", rows="person_id = %(of)s", is_fact=False),
    Erasable(
        table="batches_batch",
        column="for_all",
        empty="'{}'::jsonb",
        rows="person_id = %(of)s",
        is_fact=False,
    ),
    Erasable(table="consents_deed", column="name", empty="''", rows=_OF_DEEDS),
    Erasable(table="consents_deed", column="owner_name", empty="''", rows=_OF_DEEDS),
    Erasable(table="consents_deed", column="owner_birth", empty="NULL", rows=_OF_DEEDS),
    Erasable(table="consents_consent", column="owner_number", empty="''", rows=_OF_NUMBER),
    *(
        Erasable(table="accounts_person", column=column, empty="''", rows=_OWN, is_fact=False)
        for column in ("name_ar", "name_en", "phone")
    ),
    Erasable(table="accounts_person", column="birth_date", empty="NULL", rows=_OWN, is_fact=False),
    Erasable(table="accounts_person", column="personal_number", empty="NULL", rows=_OWN, is_fact=False),
    Erasable(
        table="accounts_person", column="email", empty=f"id::text || '{NO_MAIL}'", rows=_OWN, is_fact=False
    ),
)
# What lets a person in, or reaches them, is no fact: it is deleted.
DELETED: Final = {
    "account.emailaddress": "user",
    "socialaccount.socialaccount": "user",
    "mfa.authenticator": "user",
    "usersessions.usersession": "user",
    "delivery.preference": "person",
    "delivery.pushsubscription": "person",
}


def people_over(rule: RetentionRule, *, at: datetime) -> QuerySet[Person]:
    """Applicants whose last sign-in is longer ago than the rule keeps them, and who are not erased yet."""
    latest = rule.latest(at)
    if latest is None:
        return Person.objects.none()
    applicants = Person.objects.filter(erasure=None).exclude(kind=PersonKind.STAFF)
    # PostgreSQL's greatest leaves out what is missing.
    return applicants.alias(seen=Greatest("joined_at", "told_at", "last_login")).filter(seen__lt=latest)


def people_free(people: QuerySet[Person], *, at: datetime) -> QuerySet[Person]:
    """Those about whom nothing is kept.

    That is no application of theirs or with an act or a signature of theirs, no violation, no post, and no consent that
    lasts.
    """
    this, kept = OuterRef("pk"), {"application__erasure": None}
    consents = Consent.objects.filter(until__gte=timezone.localdate(at))
    asked = Q(agent=this) | Q(owner_number=OuterRef("personal_number"))
    # Only who asked for a consent acts on applications of others; there are few of them, and many steps.
    acted = Step.objects.filter(**kept, actor__in=Consent.objects.values("agent"))
    return people.filter(
        ~Exists(Application.objects.filter(applicant=this, erasure=None)),
        ~Exists(Signing.objects.filter(person=this, signatory__application__erasure=None)),
        ~Exists(Violation.objects.filter(person=this, erasure=None)),
        ~Exists(Post.objects.filter(person=this)),
        ~Exists(consents.filter(asked)),
    ).exclude(pk__in=acted.values("actor"))


@transaction.atomic
def erase_person(
    person: Person, *, rule: str, why: str, cause: str, actor: Actor | None, at: datetime
) -> Erasure:
    """Erase name, number, birth, telephone, address and ways to sign in of a person about whom nothing else is kept.

    The row stays under its id, which the journal and old facts name. Who signs in by eKey later is a new person here.
    Once more changes nothing. Raises StillKept.
    """
    locked = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if done := Erasure.objects.filter(person=locked).first():
        return done
    is_staff = locked.kind == PersonKind.STAFF
    if is_staff or not people_free(Person.objects.filter(pk=locked.pk), at=at).exists():
        raise StillKept(str(locked.pk))
    erasure = Erasure(person=locked, rule=rule, why=why[:400], cause=cause, at=at)
    erasure.decided_by = actor.person if actor else None
    carry_out_erasures([erasure], COLUMNS, act="erase-person", actor=actor)
    for label, way in DELETED.items():
        apps.get_model(label)._default_manager.filter(**{way: locked}).delete()
    Person.objects.filter(pk=locked.pk).update(is_active=False)
    return erasure
