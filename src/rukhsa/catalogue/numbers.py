"""The service of an instrument by its number, which contains the code of the service."""

from functools import lru_cache

from rukhsa.values.identifiers import IdentifierError, code_in_number
from rukhsa.values.names import Text


def service_of(number: str) -> str | None:
    """The service of a number such as "CAP-RW-2026-004217-7"; None if no published service has its code.

    Any other text counts as the name of a service: the compiler tries conditions with these.
    """
    try:
        code = code_in_number(number)
    except IdentifierError:
        return number
    try:
        return _service_of_code(code)
    except KeyError:
        return None


def service_name(number: str) -> Text:
    """Today's name of the service of a number; empty if the service is not known."""
    from rukhsa.catalogue.models import ServiceVersion

    version = ServiceVersion.objects.current().filter(service=service_of(number) or "").first()
    return version.definition.name if version else Text()


@lru_cache(maxsize=512)
def _service_of_code(code: str) -> str:
    """A code belongs to one service permanently, so it is cached; an unknown code raises, and is looked up again."""
    from rukhsa.catalogue.models import ServiceVersion

    found = ServiceVersion.objects.filter(meaning__code=code).values_list("service", flat=True).first()
    if found is None:
        raise KeyError(code)
    return found
