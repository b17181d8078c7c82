"""Names and texts in the languages of a territory."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text in Arabic and English; a territory with one language fills one of them."""

    ar: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """The text in `language` ("ar" or "en"), or in the other one where it has none."""
        return (self.ar or self.en) if language == "ar" else (self.en or self.ar)
