"""Names and texts in the languages of a territory."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text in Arabic and English; a territory with one language fills one of them."""

    # Where a text is read from a definition, any other language is an error and not silently lost.
    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid"}

    ar: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """The text in `language` ("ar" or "en"), or in the other one where it has none."""
        return (self.ar or self.en) if language == "ar" else (self.en or self.ar)
