"""What whole numbers, decimals and amounts have in common."""

from typing import Any


def middling(least: Any, most: Any, step: Any) -> Any:
    """A number a quarter of the way from the least to the most."""
    least = step * 0 if least is None else least
    top = least + 40 * step if most is None else most
    wanted = least + (top - least) / 4
    return type(step)(wanted) if wanted >= least + step else min(least + step, top)
