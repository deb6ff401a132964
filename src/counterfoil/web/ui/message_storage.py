"""What is said after an act travels to the next page in a cookie, which is named as the others are."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class _Cookie(CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE_NAME


class Messages(FallbackStorage):
    """In a cookie, and what is too long for one in the session."""

    storage_classes = (_Cookie, SessionStorage)
