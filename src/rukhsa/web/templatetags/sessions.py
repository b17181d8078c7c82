"""Sessions on pages: their end, announced, and the device of one in words."""

from datetime import timedelta
from typing import Any, Final

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.web.templatetags.texts import clock

register = template.Library()
FAR: Final = 24 * 3600  # seconds: a session that lasts longer is not spoken of
# The first mark that a browser's own description has, since most name others beside themselves (RFC 9110, 10.1.5).
BROWSERS: Final = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "FxiOS": "Firefox",
    "Firefox": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
DEVICES: Final = {
    "iPad": _("iPad"),
    "iPhone": _("iPhone"),
    "Android Mobile": _("Android phone"),
    "Android": _("Android tablet"),
    "Windows": _("Windows computer"),
    "Macintosh": _("Mac"),
    "CrOS": _("Chromebook"),
    "Linux": _("Linux computer"),
}


@register.filter
def device(described: str) -> Promise | str:
    """The kind of device and the browser in words, from what a browser says of itself (User-Agent)."""
    told = described.replace("Android", "Android Mobile", 1) if "Mobile" in described else described
    kind = next((words for mark, words in DEVICES.items() if mark in told), _("Device of another kind"))
    browser = next((name for mark, name in BROWSERS.items() if mark in told), "")
    return format_lazy("{kind} \u00b7 \u2068{browser}\u2069", kind=kind, browser=browser) if browser else kind


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
