"""What a session is worth changes: then its key changes too, so that one that somebody else knows is worth nothing.

At the login, when the password was entered again, with a new password, a second factor set up or removed, another role.
"""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from counterfoil.accounts.models import Person
from counterfoil.accounts.sessions import ACTIVE, STARTED
from counterfoil.accounts.users import end_sessions

ROLE = "session_role"
NOTED_EVERY = 60.0
"""Seconds; what people do in between costs no statement."""
BY_ITSELF = "X-Poll"
"""A header of what a page asks for by itself, see pages.js: nobody need sit before it."""
Answer = Callable[[HttpRequest], HttpResponse]


def connect() -> None:
    """Has keys changed from now on; called once, when the program starts."""
    user_logged_in.connect(_begin)
    authentication_step_completed.connect(_password_entered_again)


def renew_key(request: HttpRequest) -> None:
    """The session goes on under another key; it ends when it would have ended.

    It ends now where nobody could see or end it afterwards: another request has renewed the key meanwhile, or the
    session was ended elsewhere.
    """
    before = request.session.session_key
    with transaction.atomic():
        is_there = Session.objects.select_for_update().filter(session_key=before).first() is not None
        request.session.cycle_key()
        UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
    if not is_there:
        request.session.flush()


def go_on_here_only(request: HttpRequest, who: Person) -> None:
    """With a new key, and with the new password where that is why; wherever else the person is logged in, they are not
    any more.
    """
    renew_key(request)
    request.session[HASH_SESSION_KEY] = who.get_session_auth_hash()  # a session of the password before would end
    end_sessions(who, but=request.session.session_key or "")


class Activity:
    """Middleware: notes that the person is there, and changes the key when they have been given another role."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, *_arguments: object) -> None:
        """Before the view, which may be slow."""
        if not getattr(view, "login_required", True) or BY_ITSELF in request.headers:
            return
        if isinstance(request.user, Person):
            _note(request, request.user)


def _note(request: HttpRequest, who: Person) -> None:
    session, now = request.session, time.time()
    if now - session.get(ACTIVE, 0) >= NOTED_EVERY:
        session[ACTIVE] = now
    if session.get(ROLE) != who.role:
        session[ROLE] = who.role
        renew_key(request)


def _begin(request: HttpRequest, user: Person, **_: Any) -> None:
    """Django has changed the key already."""
    session = request.session
    session[STARTED] = session[ACTIVE] = time.time()
    session[ROLE] = user.role


def _password_entered_again(request: HttpRequest, *, reauthenticated: bool = False, **_: Any) -> None:
    if reauthenticated:
        renew_key(request)
