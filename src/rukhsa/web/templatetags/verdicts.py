"""Words of a verdict in the language of the page."""

from django import template

from rukhsa.web.public.wording import outcome_in_words

register = template.Library()


@register.filter
def outcome(word: str) -> str:
    """How a duty of the verdict ended."""
    return outcome_in_words(word)
