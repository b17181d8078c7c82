"""Mandates of the tests' own people: for all that a post may do, signed by Fatima and Ahmed."""

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Role
from rukhsa.authorities.models import Post
from rukhsa.mandates.mandate import acts_of
from rukhsa_rehearsal import staffing


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
