"""All kinds of tries, in the order in which they are made."""

from importlib import import_module

from tests.attack.tries import KINDS

MODULES = (
    "seals",
    "documents",
    "pictures",
    "posts",
    "doors",
    "uploads",
    "texts",
    "notices",
    "guesses",
    "tokens",
    "invitations",
    "settings",
    "processes",
    "connections",
    "desk",
    "mandates",
)
for _name in MODULES:
    import_module(f"tests.attack.{_name}")

__all__ = ["KINDS"]
