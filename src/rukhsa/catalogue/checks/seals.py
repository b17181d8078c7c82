"""No fact is missing at issue, and the fullest document has a code that still reads from a worn copy: QR version 15-M.

docs/formats/seal.md has the bytes. Names of persons and companies count with 40 letters, drawings with three points:
longer ones are printed too, with a denser code, and the gate before release reads each.
"""

from collections.abc import Iterator

from rukhsa.catalogue.checks.named import named_questions
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.conditions import Condition
from rukhsa.catalogue.fullest import fullest_claims
from rukhsa.catalogue.instrument import Permanent
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.text import Writing
from rukhsa.catalogue.reasoning.formulas import negated
from rukhsa.catalogue.source import PathInFile
from rukhsa.trust import digits, seal
from rukhsa.trust.errors import BadFacts, BadSeal
from rukhsa.values.names import Text


def check_facts(subject: Subject) -> Iterator[DefinitionProblem]:
    """Facts that may be missing, parts that an answer lacks, and the end of a permanent instrument."""
    instrument = subject.definition.instrument
    for index, fact in enumerate(instrument.facts):
        path: PathInFile = ("instrument", "facts", index)
        if fact.question:
            yield from _answered(subject, fact.question, fact.when, path)
            yield from _part(subject, fact.question, fact.part, path)
        if fact.validity == "end" and isinstance(instrument.validity, Permanent):
            yield subject.problem(
                path,
                code="no-end",
                en="a permanent instrument has no end.",
                ar="الوثيقة الدائمة لا نهاية لها.",
            )
    for word, question in (
        ("authority", subject.definition.authority.block_of or subject.definition.authority.same_as),
        ("instrument", instrument.address),
    ):
        if question:
            yield from _answered(subject, question, None, (word,))
    if instrument.shows_place:
        yield from _answered(subject, instrument.shows_place, None, ("instrument", "shows-place"))
    for name in named_questions(subject):
        if name.path in {("instrument", "validity"), ("submitted-with", "company")}:
            yield from _answered(subject, name.id, None, name.path)


def _answered(
    subject: Subject, question: str, when: Condition | None, path: PathInFile
) -> Iterator[DefinitionProblem]:
    possible = subject.possible
    if example := possible.example(
        possible.says(when), negated(possible.answered(question)), given=subject.submitted
    ):
        yield subject.problem(
            path,
            code="may-be-missing",
            en=f'"{question}" may be without an answer here, for example when {example.in_words.en}.',
            ar=f'قد لا يكون للسؤال "{question}" جواب هنا، مثلًا عندما {example.in_words.ar}.',
            instead=Text(
                en="Give the same condition here as there, or make the question one that is always answered.",
                ar="ضع الشرط نفسه هنا وهناك، أو اجعل السؤال إلزاميًا دائمًا.",
            ),
        )


def _part(subject: Subject, question: str, part: str | None, path: PathInFile) -> Iterator[DefinitionProblem]:
    asked = subject.questions[question]
    parts, whole = asked.sealed_parts, asked.sealed_whole and part is None
    if (part and part not in parts) or (parts and part is None and not whole):
        yield subject.problem(
            path,
            code="wrong-part",
            en=f"an answer of type {asked.type} has the parts: {', '.join(parts) or 'none'}.",
            ar=f"أجزاء الجواب من نوع {asked.type}: {'، '.join(parts) or 'لا شيء'}.",
        )


NAME = 40
"""Letters of a name, as the seal was sized for."""

# ISO/IEC 18004:2015 table 7: so many bytes of data a symbol of this version holds at level M.
_CAPACITIES = {10: 216, 11: 254, 12: 290, 13: 334, 14: 365, 15: 415}
CAPACITY = _CAPACITIES[15] * 8
LONGEST_SIGNATURE = bytes(31) + b"\x01" + bytes(31) + b"\x01"
LARGEST_LOG = 2**32 - 1


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """A profile whose seal would not fit, with the texts that take most of it."""
    try:
        size, bits = fullest(subject)
        measured = f"{size} bytes, {bits} bits of {CAPACITY}"
    except (BadSeal, BadFacts) as error:
        bits, measured = CAPACITY + 1, str(error)
    if bits > CAPACITY:
        longest = ", ".join(f"{id} ({letters})" for id, letters in _texts(subject)) or "–"
        yield subject.problem(
            ("instrument", "facts"),
            code="seal-too-large",
            en=f"the seal of its fullest document does not fit a code of version 15-M: {measured}.",
            ar=f"ختم أطول وثيقة لهذه الخدمة لا يتسع له رمز من الإصدار 15-M: {measured}.",
            instead=Text(
                en=f"Let texts be shorter (at-most; the longest, in letters: {longest}), ask for numbers as "
                "identifier and for one of a few as choice, or print beside the seal what grants nothing: sealed: no.",
                ar=f"قصّر النصوص (at-most؛ أطولها بالأحرف: {longest})، واسأل عن الأرقام بنوع identifier وعن القليل "
                "المحصور بنوع choice، أو اطبع خارج الختم ما لا يمنح حقًا: sealed: no.",
            ),
        )


def fullest(subject: Subject) -> tuple[int, int]:
    """The bytes of the seal of the fullest document, and the bits of data in its code. Raises BadSeal, BadFacts."""
    claims = fullest_claims(subject.definition, subject.territory, name=NAME)
    data = seal.assemble(claims, bytes(8), LONGEST_SIGNATURE, LARGEST_LOG)
    return len(data), bits_of(subject.territory.verifier, data)


def bits_of(host: str, data: bytes) -> int:
    """ISO/IEC 18004:2015 §7.4: a byte segment "https://host/#" and a numeric one, in versions 10 to 26."""
    address, number = len(f"https://{host}/#"), len(digits.encode(data))
    return (4 + 16 + 8 * address) + (4 + 12 + 10 * (number // 3) + (0, 4, 7)[number % 3])


def version_of(bits: int) -> int:
    """The least version of 10 to 15 that holds so many bits of data, 16 for what none of them holds."""
    return next((version for version, size in _CAPACITIES.items() if bits <= size * 8), 16)


def _texts(subject: Subject) -> list[tuple[str, int]]:
    """The texts among the facts with their letters, the longest first."""
    asked = [
        subject.questions[fact.question]
        for fact in subject.definition.instrument.sealed.values()
        if fact.question
    ]
    texts = [(each.id, each.at_most) for each in asked if isinstance(each, Writing)]
    return sorted(texts, key=lambda each: -each[1])[:3]
