"""What whole numbers, decimals and amounts have in common."""

from collections.abc import Iterator
from typing import Any

from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.question import Place
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check_limit(bound: Any, place: Place) -> Iterator[DefinitionProblem]:
    """A limit that names what is no number, or what is not asked before."""
    earlier = {each.id: each for each in place.earlier}
    if not isinstance(bound, str) or (bound in earlier and earlier[bound].step is not None):
        return
    numbers = [id for id, each in earlier.items() if each.step is not None]
    yield place.problem(
        at="to",
        code="asked-later" if place.is_later(bound) else "unknown-question",
        en=f'no number "{bound}" is asked before, so nothing is limited by it.',
        ar=f'لا يُسأل قبله عن عدد باسم "{bound}"، فلا يُحد به شيء.',
        instead=nearest(bound, numbers) if numbers else Text(en="Write a number.", ar="اكتب عددًا."),
    )


def middling(least: Any, most: Any, step: Any) -> Any:
    """A number a quarter of the way from the least to the most."""
    least = step * 0 if least is None else least
    top = least + 40 * step if most is None else most
    wanted = least + (top - least) / 4
    return type(step)(wanted) if wanted >= least + step else min(least + step, top)
