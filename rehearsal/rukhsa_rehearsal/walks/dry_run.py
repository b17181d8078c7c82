"""A dry run of every path: the answers are read, every charge is priced, and the facts fit the seal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from rukhsa.applications.answers import read_all, read_some
from rukhsa.catalogue.definition import Definition, effective_answers, is_due
from rukhsa.catalogue.facts import sealed_facts, validity_period
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.questions.decision import DecisionQuestion
from rukhsa.catalogue.questions.instrument import InstrumentQuestion
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.steps import DecideStep
from rukhsa.catalogue.territory import territory
from rukhsa.difference.answering import answers_along, typed_to
from rukhsa.difference.paths import Path, Paths
from rukhsa.payments.tariff import TariffGap, prices_of
from rukhsa.trust import profiles
from rukhsa.trust.errors import BadFacts
from rukhsa.values.identifiers import application_reference, instrument_number


class NotReckoned(Exception):
    """The answers of a path are refused; the text says why."""

    code = "path-not-reckoned"


def reckon(version: ServiceVersion, paths: Paths, *, block: int, authority: str, at: datetime) -> int:
    """Try every path of a service that the form does not bar; return their number. Raises NotReckoned.

    Costs some milliseconds for each path.
    """
    reckoned = 0
    for number, path in enumerate(paths.all):
        if not paths.is_eligible(path):
            continue
        setting = Setting(number=number, on=timezone.localdate(at), block=block)
        try:
            _reckon(version, paths, path, setting, authority, at)
        except (CatalogueError, TariffGap, BadFacts) as error:
            raise NotReckoned(f"{version.service} {dict(path.answers)}: {error}") from error
        reckoned += 1
    return reckoned


def _reckon(
    version: ServiceVersion, paths: Paths, path: Path, setting: Setting, authority: str, at: datetime
) -> None:
    definition = version.definition
    values = _answered(definition, path, setting, at)
    given, currency = effective_answers(definition, values), territory().currency
    prices_of(definition.charges, given, currency, authority=authority, on=setting.on)
    if paths.leads_to_instrument(path):
        end = setting.on + timedelta(days=90)  # the end of the earlier instrument, if one is named
        period = validity_period(definition, values, issued=setting.on, parent_end=end)
        facts = sealed_facts(definition, values, holder="ليلى", masked_id=None, period=period)
        profiles.check(facts, version.profile)


def _answered(definition: Definition, path: Path, setting: Setting, at: datetime) -> dict[str, Any]:
    """The answers of the applicant, then those of each step of the review."""
    setting = replace(setting, parents=dict(_named(definition, path, setting.on)))
    reading = read_all(definition, answers_along(definition, path.answers, setting), at=at)
    values, problems = reading.values, list(reading.problems)
    for step in definition.steps:
        if (
            not isinstance(step, DecideStep)
            and step.records
            and is_due(step, effective_answers(definition, values))
        ):
            known = effective_answers(definition, values)
            typed = typed_to(step.records, known, path.answers, setting)
            recorded = read_some(step.records, typed, known, at=at)
            values, problems = values | recorded.values, [*problems, *recorded.problems]
    if problems:
        told = ", ".join(f"{each.about}: {each.code}" for each in problems)
        raise NotReckoned(f"{definition.service} {dict(path.answers)}: {told}")
    return values


def _named(definition: Definition, path: Path, on: date) -> Iterator[tuple[str, str]]:
    """Plausible numbers of earlier instruments and decisions, which are not looked up here."""
    for question in definition.questions:
        if isinstance(question, InstrumentQuestion):
            service = path.answers.get(question.id) or question.services[0]
            version = ServiceVersion.objects.newest(service)
            code = version.definition.code if version else definition.code
            yield question.id, instrument_number(authority="XXX", service=code, year=on.year, sequence=1)
        elif isinstance(question, DecisionQuestion):
            yield question.id, application_reference(authority="XXX", year=on.year, sequence=1)
