"""Messages that a page shows after an act, kept in a cookie of this host until the next page."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class OfThisHost(CookieStorage):
    """Django's cookie storage, under a name with the prefix that binds it to this host."""

    cookie_name = settings.MESSAGE_COOKIE_NAME


class Messages(FallbackStorage):
    """The cookie, and the session for what does not fit into it."""

    storage_classes = (OfThisHost, SessionStorage)
