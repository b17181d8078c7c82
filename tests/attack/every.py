"""All kinds of tries, in the order in which they are made."""

from tests.attack import documents, doors, pictures, posts, seals, texts, uploads
from tests.attack.tries import KINDS

__all__ = ["KINDS", "documents", "doors", "pictures", "posts", "seals", "texts", "uploads"]
