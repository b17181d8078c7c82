"""The types of questions: every module of this package that defines a question with a name for its type."""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args

from pydantic import Field

from rukhsa.catalogue import questions
from rukhsa.catalogue.questions.question import FactType, Question, Use


def name_of(kind: type[Question]) -> str:
    """How a definition writes a type; nothing for what several types have in common."""
    return next(iter(get_args(kind.model_fields["type"].annotation)), "")


def fitting(use: Use) -> tuple[str, ...]:
    """The names of the types whose answers can be put to a use."""
    return tuple(name for name, kind in TYPES.items() if use in kind.fits)


def sealed_as(type: FactType) -> tuple[str, ...]:
    """The names of the types whose answers can be a fact of that type."""
    return tuple(name for name, kind in TYPES.items() if type in kind.sealed_as)


def _types() -> dict[str, type[Question]]:
    """Every type by its name, in the order of the modules' names."""
    modules = [
        import_module(each.name) for each in iter_modules(questions.__path__, f"{questions.__name__}.")
    ]
    defined = (value for module in modules for value in vars(module).values() if isinstance(value, type))
    kinds = dict.fromkeys(value for value in defined if issubclass(value, Question))
    return {name: kind for kind in kinds if (name := name_of(kind))}


TYPES: dict[str, type[Question]] = _types()

if TYPE_CHECKING:
    AnyQuestion = Question
else:
    AnyQuestion: Any = Annotated[Union[*TYPES.values()], Field(discriminator="type")]
"""A question as a definition writes it, of the type that it names."""
