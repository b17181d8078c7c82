"""Who decides beside officers with mandates: committees with their members on a day, and rules of services."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from rukhsa.accounts.models import Person
from rukhsa.authorities.models import Authority, Post
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import Committee, territory
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A committee of an authority on a day: which services it decides, and who votes."""

    place: Text  # the name of the authority on that day
    committee: Committee
    services: tuple[Text, ...]
    members: tuple[Person, ...]

    @property
    def lacks(self) -> int:
        """How many members it has too few for its quorum."""
        return max(self.committee.quorum - len(self.members), 0)


@dataclass(frozen=True, kw_only=True)
class RuleDecided:
    """A service that a rule decides, and the law on which the rule rests."""

    service: Text
    basis: Text | None


def seats(authorities: Collection[Authority], *, on: date) -> list[Seat]:
    """The committees that decide a service on a day, or have members, at each of these authorities. Three queries."""
    decided: defaultdict[str, list[Text]] = defaultdict(list)
    for definition in _definitions(on):
        if committee := definition.decision.committee:
            decided[committee].append(definition.name)
    sitting: defaultdict[tuple[str, str], dict[object, Person]] = defaultdict(dict)
    held = Post.objects.in_force(on=on).exclude(committee="").filter(authority__in=authorities)
    for post in (
        held.filter(person__is_active=True).select_related("person").order_by("person__name_en", "pk")
    ):
        sitting[post.authority_id or "", post.committee][post.person_id] = post.person
    return [
        Seat(
            place=authority.name(on=on),
            committee=rule,
            services=tuple(decided[id]),
            members=tuple(sitting[authority.pk, id].values()),
        )
        for authority in authorities
        for id, rule in territory().committees.items()
        if id in decided or (authority.pk, id) in sitting
    ]


def decided_by_rule(*, on: date) -> list[RuleDecided]:
    """The services that a rule decides on a day."""
    return [
        RuleDecided(service=each.name, basis=each.decision.legal_basis)
        for each in _definitions(on)
        if each.decision.decide == "rule"
    ]


def _definitions(on: date) -> list[Definition]:
    offered = ServiceVersion.objects.current(on=on).light()
    return [version.definition for version in offered]
