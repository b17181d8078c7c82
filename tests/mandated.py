"""Mandates of the tests' own people: for all that a post may do, signed by Fatima and Ahmed."""

from datetime import UTC, date, datetime, time

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Role
from rukhsa.authorities.actor import Actor, actor_for
from rukhsa.authorities.models import Post
from rukhsa.mandates.deputy import propose_deputy
from rukhsa.mandates.mandate import Act, Extent, acts_of, propose_mandate
from rukhsa.mandates.models import Deputy, Mandate, MandateEnd
from rukhsa_rehearsal import staffing

LONG_AGO = datetime(2020, 1, 1, 9, tzinfo=UTC)


def empower(*posts: Post) -> None:
    """Give each of these posts a mandate for all that its role may do at its authority."""
    deciding = [post for post in posts if acts_of(Role(post.role))]
    if deciding:
        staffing.empower(deciding, signed_by=signers())


def signers() -> list[Person]:
    """The two who sign."""
    names = {"fatima": "فاطمة", "ahmed": "أحمد"}
    return [
        Person.objects.get_or_create(
            email=f"{name}.signs@town.example",
            defaults={"name_ar": ar, "name_en": name.title(), "kind": PersonKind.STAFF},
        )[0]
        for name, ar in names.items()
    ]


def end_mandates(actor: Actor) -> None:
    """Leave the officer no mandate, since long ago."""
    for mandate in Mandate.objects.filter(post__person=actor.person):
        MandateEnd.objects.create(mandate=mandate, reason="Moved.", by=actor.person, at=LONG_AGO)


def sign(actor: Actor, **said: object) -> Mandate:
    """A mandate of the officer's since long ago, signed by two, beside the others."""
    fatima, ahmed = signers()
    signed = {"state": "approved", "proposed_by": fatima, "decided_by": ahmed}
    days = {"starts_on": LONG_AGO.date(), "proposed_at": LONG_AGO, "decided_at": LONG_AGO}
    post = Post.objects.get(person=actor.person)
    return Mandate.objects.create(**{"authority_id": "CAP", "post": post, **signed, **days, **said})


def waiting_for_a_signature(officer: Actor, deputy: Person) -> tuple[Mandate, Deputy]:
    """A mandate for an officer of the Capital and a deputy, both proposed by Fatima, its administrator."""
    since = date(2020, 1, 1)
    fatima, _ahmed = signers()
    Post.objects.get_or_create(
        person=fatima, role=Role.ADMINISTRATOR, authority_id="CAP", defaults={"starts_on": since}
    )
    at = datetime.combine(date(2026, 11, 1), time(9), UTC)
    post, by = Post.objects.get(person=officer.person), actor_for(fatima, at=at)
    mandate = propose_mandate(post, Extent(acts=[Act.GRANT], starts_on=since), actor=by, at=at)
    return mandate, propose_deputy(officer.person, deputy, "CAP", actor=by, at=at)
