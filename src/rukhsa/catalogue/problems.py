"""What is wrong in a definition: where, what, and what to write instead, in English and Arabic."""

from collections.abc import Iterable
from dataclasses import dataclass

from rukhsa.errors import RukhsaError
from rukhsa.values.names import Text

NOTHING = Text()


@dataclass(frozen=True, kw_only=True)
class DefinitionProblem:
    """One problem, at a line and column counted from 1; its `code` names a page in docs/findings."""

    code: str
    file: str
    line: int
    column: int
    field: str
    what: Text
    write_instead: Text = NOTHING

    def in_language(self, language: str) -> str:
        """The place, the problem with its remedy, and the code."""
        remedy = self.write_instead.in_language(language)
        sentence = f"{self.file}:{self.line}:{self.column}: {self.field}: {self.what.in_language(language)}"
        return f"{sentence} {remedy}".rstrip() + f" [{self.code}]"

    def __str__(self) -> str:
        return self.in_language("en")


class CatalogueError(RukhsaError, ValueError):
    """A definition or a territory that cannot be used."""

    code = "catalogue-error"


class DefinitionRefused(CatalogueError):
    """A file with at least one problem."""

    code = "definition-refused"

    def __init__(self, problems: Iterable[DefinitionProblem]) -> None:
        self.problems = tuple(
            sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))
