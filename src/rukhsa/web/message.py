"""What a page says after an act, kept until the next page in a cookie of this host alone."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class OfThisHost(CookieStorage):
    """Django's cookie, under a name that no other host can give."""

    cookie_name = settings.MESSAGE_COOKIE_NAME


class Messages(FallbackStorage):
    """The cookie, and the session for what does not fit into it."""

    storage_classes = (OfThisHost, SessionStorage)
