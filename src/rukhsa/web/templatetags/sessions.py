"""The end of a session, announced on the page."""

from datetime import timedelta
from typing import Any, Final

from django import template
from django.template import Context
from django.utils import timezone

from rukhsa.web.templatetags.texts import clock

register = template.Library()
FAR: Final = 24 * 3600  # seconds: a session that lasts longer is not spoken of


@register.inclusion_tag("web/session_end.html", takes_context=True)
def session_end(context: Context) -> dict[str, Any]:
    """The dialog that opens two minutes before the end; nothing for a stranger, or where the end is far."""
    request: Any = context.get("request")
    # The verifier's process has no sessions.
    if not hasattr(request, "session") or not context.get("actor"):
        return {}
    from rukhsa.staff.session import KEPT, left_of

    at = timezone.now()
    left = left_of(request.session.get(KEPT), at=at)
    if left is None or left.seconds > FAR:
        return {}
    until = clock(at + timedelta(seconds=left.seconds))
    return {
        "left": left,
        "until": until,
        "here": context.get("here"),
        "csrf_token": context.get("csrf_token"),
    }
