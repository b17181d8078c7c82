"""Which service an instrument is of, by its number: the code of its first version's service stands in it."""

from functools import lru_cache

from rukhsa.values.identifiers import IdentifierError, code_in_number
from rukhsa.values.names import Text


def service_of(number: str) -> str | None:
    """The service of a number such as "CAP-RW-2026-004217-7", None for one that no published service has.

    What is no number is taken for a service's own name: the compiler walks conditions with these.
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
    """How the service of a number is called today; nothing where no service is known."""
    from rukhsa.catalogue.models import ServiceVersion

    version = ServiceVersion.objects.current().filter(service=service_of(number) or "").first()
    return version.definition.name if version else Text()


@lru_cache(maxsize=512)
def _service_of_code(code: str) -> str:
    """A code belongs to one service for ever; one that is not known yet is looked for again."""
    from rukhsa.catalogue.models import ServiceVersion

    found = ServiceVersion.objects.filter(meaning__code=code).values_list("service", flat=True).first()
    if found is None:
        raise KeyError(code)
    return found
