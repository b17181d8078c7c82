"""All kinds of tries, in the order in which they are made."""

from tests.attack import doors, pictures, posts, seals
from tests.attack.tries import KINDS

__all__ = ["KINDS", "doors", "pictures", "posts", "seals"]
