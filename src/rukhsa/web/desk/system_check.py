"""What the system checked of an application by itself, each with its rule and where the rule comes from."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.submitted import Submitted
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.definition import effective_answers
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class SystemCheck:
    """One thing that was checked: `holds` says how it came out, `rule` what the applicant is told otherwise."""

    what: Promise
    holds: bool
    rule: Text | None = None
    source: Text | None = None


def system_checks(held: Submitted) -> list[SystemCheck]:
    """What was checked of the newest submission, without asking anything of the database."""
    return list(_checks(held))


def _checks(held: Submitted) -> Iterator[SystemCheck]:
    application, definition = held.application, held.application.definition
    yield SystemCheck(what=_("Identity from eKey"), holds=application.applicant.told_at is not None)
    told = [each for each in definition.questions if each.id in held.content.get("known", {})]
    for question in told:
        yield SystemCheck(what=_("Answer told by eKey:"), holds=True, rule=question.ask)
    answers = effective_answers(definition, application.answers)
    for rule in definition.eligible:
        yield SystemCheck(
            what=_("A condition of the service. If it is not met, the applicant is told:"),
            holds=holds(rule.rule, answers),
            rule=rule.otherwise,
            source=rule.legal_basis or definition.legal_basis,
        )
