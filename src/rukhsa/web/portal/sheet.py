"""A section of a draft as one page shows it: which page it is, what it showed, and what another page changed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.applications.merge import Clash, Merged, Page, fingerprint, flat, with_fields
from rukhsa.applications.models import Application
from rukhsa.catalogue.form import Section
from rukhsa.catalogue.questions import Question
from rukhsa.web.one_line import LINE

PAGE, SHOWED, TOLD, WRONG = "page", "was.", "told", "wrong"
_LONGEST_ID: Final = 22


def _new_id() -> str:
    return secrets.token_urlsafe(9)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A section with what is shown in it beside the stored answers."""

    application: Application
    section: Section
    page: str = field(default_factory=_new_id)
    sent: Mapping[str, Any] = field(default_factory=dict)
    clashes: tuple[Clash, ...] = ()
    told: tuple[
        str, ...
    ] = ()  # the fields that another page changed, and that are shown here as they are now
    _showed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def after(cls, application: Application, section: Section, form: QueryDict, merged: Merged) -> Self:
        """The sheet after it was sent and merged with what is stored."""
        page = page_of(form)
        told = dict.fromkeys((*form.getlist(TOLD), *merged.overtaken))
        return cls(
            application=application,
            section=section,
            page=page.id or _new_id(),
            sent=merged.sent,
            clashes=merged.clashes,
            told=tuple(name for name in told if _label(section, name)),
            _showed=page.showed,
        )

    @property
    def typed(self) -> dict[str, Any]:
        """What stands in the fields: what is stored, and this page's own text where it clashes."""
        here = {clash.field: clash.here for clash in self.clashes}
        return with_fields(self.application.typed, self.sent, here)

    def showed(self, question: Question) -> list[tuple[str, str]]:
        """The print of what each field of a question is based on."""
        stored, clashing = flat(self.application.typed), {clash.field for clash in self.clashes}
        names = [f"{question.id}.{part.name}" for part in question.parts] or [question.id]
        names += [f"{question.id}.{LINE}"] if question.takes_line else []
        return [
            (name, self._showed.get(name, "") if name in clashing else fingerprint(stored.get(name, "")))
            for name in names
        ]

    def clashes_in(self, question: Question) -> list[tuple[Clash, Any]]:
        """The clashes in the fields of a question, each with the name of its field."""
        ours = [clash for clash in self.clashes if clash.field.partition(".")[0] == question.id]
        return [(clash, _label(self.section, clash.field)) for clash in ours]

    @property
    def labels_told(self) -> list[tuple[str, Any]]:
        """The fields that another page changed, with their names."""
        return [(name, _label(self.section, name)) for name in self.told]


def page_of(form: QueryDict) -> Page:
    """Which page a form is, and what its fields showed."""
    showed = {name.removeprefix(SHOWED): str(form[name]) for name in form if name.startswith(SHOWED)}
    return Page(id=form.get(PAGE, "")[:_LONGEST_ID], showed=showed, mine=frozenset(form.getlist("mine")))


def taken_from(form: QueryDict, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, without the fields for which the applicant chose what the other page says."""
    theirs = set(form.getlist("theirs"))
    names = {name: text for name, text in flat(typed).items() if name not in theirs}
    return with_fields({}, typed, names)


def clash_problems(sheet: Sheet) -> dict[str, Problem]:
    """A problem for each question in which two pages changed the same field."""
    text = _("You changed this on two pages. Choose which of them is right.")
    found = {}
    for clash in sheet.clashes:
        question, _dot, part = clash.field.partition(".")
        found[question] = Problem(about=question, code="changed-on-two-pages", text=text, part=part)
    return found


def _label(section: Section, name: str) -> Any:
    """What a field is called on the page; None if the section has no such field."""
    id, _dot, part = name.partition(".")
    for question in section.questions:
        if question.id == id:
            labels = {each.name: each.label for each in question.parts}
            return labels.get(part, question.ask)
    return None
