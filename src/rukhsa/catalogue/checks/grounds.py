"""What is charged and refused rests on a law, sources have a rank, and conditions are said in words."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.provenance import Bases, RankedSource, sources_in
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check_laws(subject: Subject) -> Iterator[DefinitionProblem]:
    """Laws that do not exist or that nothing rests on; a service, charge or refusal that rests on none."""
    laws, used = subject.definition.laws, set[str | None]()
    for path, bases in _bases(subject):
        used.update(basis.of for basis in bases)
        for index, basis in enumerate(bases):
            if basis.of and basis.of not in laws:
                yield subject.problem(
                    (*path, "law", index, "of"),
                    code="unknown-law",
                    en=f'there is no law "{basis.of}" under laws.',
                    ar=f'لا يوجد قانون "{basis.of}" تحت laws.',
                    instead=nearest(basis.of, list(laws)),
                )
        if not bases and path[:1] != ("review",):
            yield subject.problem(
                path or ("law",),
                code="no-law",
                en="it is not said on which law this rests.",
                ar="لم يُذكر القانون الذي يستند إليه هذا.",
                instead=Text(
                    en="Add: law: [{of: …, article: …}], or law: [{assumed: why no article is named}].",
                    ar="أضف: law: [{of: …, article: …}] أو law: [{assumed: سبب عدم ذكر مادة}].",
                ),
            )
    for id in laws.keys() - used:
        yield subject.problem(
            ("laws", id),
            code="idle-word",
            en=f'nothing rests on the law "{id}".',
            ar=f'لا شيء يستند إلى القانون "{id}".',
            instead=Text(en="Name it where it applies, or leave it out.", ar="اذكره حيث ينطبق أو احذفه."),
        )


def _bases(subject: Subject) -> Iterator[tuple[PathInFile, Bases]]:
    """What rests on laws, with its path: the service, rules about applicants, charges and the decision."""
    definition = subject.definition
    yield (), definition.law
    for index, rule in enumerate(definition.eligible):
        yield ("eligible", index), rule.law
    for index, charge in enumerate(definition.charges):
        yield ("charges", index), charge.law
    for path, step in subject.step_paths:
        yield path, getattr(step, "law", ())


def check_sources(subject: Subject) -> Iterator[DefinitionProblem]:
    """Sources without a rank."""
    for path, source in sources_in(subject.definition):
        if not isinstance(source, RankedSource):
            yield subject.problem(
                (*path, "source"),
                code="no-rank",
                en="it is not said how good this source is.",
                ar="لم تُذكر مرتبة هذا المصدر.",
                instead=Text(
                    en="Write: {rank: ministry, page: …, read: 2026-11-30}, or {rank: assumed, why: …}.",
                    ar="اكتب: {rank: ministry, page: …, read: 2026-11-30} أو {rank: assumed, why: …}.",
                ),
            )


_FOR = "{ar: لأشغال الجهات الحكومية, en: for works ordered by a government body}"
_RETURNED = "{ar: يُرد بعد إزالة المخيم., en: It is returned when the camp is cleared.}"
_WHOM = "[{ar: أصحاب المباني القائمة, en: Owners of existing buildings}]"


def check_phrases(subject: Subject) -> Iterator[DefinitionProblem]:
    """Conditions without a phrase, deposits without the sentence of their return, services without an audience."""
    definition = subject.definition
    parts: list[tuple[PathInFile, object, object]] = [
        (("documents", index), each.when, each.phrase) for index, each in enumerate(definition.documents)
    ]
    for index, charge in enumerate(definition.charges):
        parts += [
            (("charges", index, "rows", place), row.when, row.phrase) for place, row in enumerate(charge.rows)
        ]
        if charge.kind == "deposit" and not charge.returned:
            yield subject.problem(
                ("charges", index),
                code="no-phrase",
                en="it is not said when this deposit is returned.",
                ar="لم يُذكر متى يُرد هذا التأمين.",
                instead=Text(en=f"Add: returned: {_RETURNED}.", ar=f"أضف: returned: {_RETURNED}."),
            )
    for path, when, phrase in parts:
        if when and not phrase:
            yield subject.problem(
                (*path, "when"),
                code="no-phrase",
                en="no phrase says this condition to people.",
                ar="لا عبارة تقول هذا الشرط للناس.",
                instead=Text(en=f"Add beside it: phrase: {_FOR}.", ar=f"أضف بجانبه: phrase: {_FOR}."),
            )
    if not definition.for_whom:
        yield subject.problem(
            ("for-whom",),
            code="no-phrase",
            en="it is not said for whom the service is.",
            ar="لم يُذكر لمن هذه الخدمة.",
            instead=Text(en=f"Add: for-whom: {_WHOM}.", ar=f"أضف: for-whom: {_WHOM}."),
        )
