"""What every page shows around its own matter: who reads, in which language and size."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from rukhsa.web.preferences import TEXT_SIZES, text_size


def shown(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the actor, the other languages, and the size of text."""
    size = text_size(request)
    return {
        "actor": getattr(request, "actor", None),
        "has_accounts": hasattr(request, "user"),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "other_languages": [
            (code, name) for code, name in settings.LANGUAGES if code != translation.get_language()
        ],
        "text_size": size,
        "text_is_largest": size == TEXT_SIZES[-1],
        "text_is_smallest": size == TEXT_SIZES[0],
        "here": request.get_full_path() if request.method == "GET" else request.path,
    }
