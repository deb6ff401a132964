"""Sends the mails that are due: each claimed by one worker, and given to the mail server once.

A mail is marked as being sent before it leaves. When the program or the connection dies before the server said that it
has the mail, nobody knows whether it has: it is not sent again by itself, and its page says so.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from counterfoil.accounts.mail.smtp_backend import OutcomeUnknown
from counterfoil.accounts.models import Mail, MailState
from counterfoil.bigcommerce import TryAgain
from counterfoil.sales.db.due import due
from counterfoil.stores.db.encryption import SecretUnreadable, no_secret
from counterfoil.stores.sync.isolation import REPORT, for_each_isolated

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=2)
INTERRUPTED_AFTER = timedelta(minutes=5)  # a delivery takes half a minute at most (accounts/mail/smtp_backend.py)
LONGEST_WAIT = LONGEST_PAUSE + INTERRUPTED_AFTER
"""Longer than any mail is put off; room for a pause set while a round runs."""
KEPT_FOR = timedelta(days=30)
PERMANENT = 500

NOBODY_KNOWS = "It may have been delivered: the connection was lost before the mail server confirmed it."
INTERRUPTED = "It may have been delivered: Counterfoil was stopped while sending it."
IF_IT_IS_NOT_THERE = "Send it again if it didn’t arrive."
OTHER_KEY = "The e-mail can’t be read anymore: it was stored with a different secret key."
ITS_SETTINGS = "An administrator needs to check COUNTERFOIL_EMAIL_URL."


@dataclass(frozen=True, slots=True)
class DeliveryFailure:
    """Why a mail was not delivered. `server`: no other mail could be delivered either; `state`: where it stands."""

    sentence: str
    next_step: str
    state: MailState = MailState.WAITING
    server: bool = False


def deliver_due(is_to_stop: Callable[[], bool] = lambda: False) -> None:
    """Sends what is due, the oldest first, until it is to stop; trouble with the server itself ends the round."""
    _resolve_interrupted()
    try:
        for_each_isolated(_claimed(is_to_stop), _deliver_or_wait, again=_nothing_to_note, defect=_defect)
    except TryAgain:
        return  # noted with the mail that met it; the others are due already


def deliver_now(mail: Mail) -> Mail:
    """Sends one mail at once, if it waits; the mail as it is afterwards. Takes half a minute at most."""
    claimed = _claim(Mail.objects.filter(pk=mail.pk))
    if claimed is not None:
        _deliver(claimed)
    mail.refresh_from_db()
    return mail


def forget_old() -> None:
    """Removes the mails that ended a month ago."""
    Mail.objects.filter(ended_at__lt=timezone.now() - KEPT_FOR).delete()


def _claimed(is_to_stop: Callable[[], bool]) -> Iterator[Mail]:
    began = timezone.now()
    while not is_to_stop() and (mail := _claim(Mail.objects.filter(due(LONGEST_WAIT, by=began)))) is not None:
        yield mail


@transaction.atomic
def _claim(mails: QuerySet[Mail]) -> Mail | None:
    mail = mails.filter(state=MailState.WAITING).select_for_update(skip_locked=True).order_by("due_at").first()
    if mail is not None:
        mail.state, mail.asked_at, mail.attempts = MailState.SENDING, timezone.now(), mail.attempts + 1
        mail.save(update_fields=["state", "asked_at", "attempts"])
    return mail


def _deliver_or_wait(mail: Mail) -> None:
    """Raises TryAgain when the server cannot be used at all."""
    trouble = _deliver(mail)
    if trouble is not None and trouble.server:
        raise TryAgain(trouble.sentence, after=FIRST_PAUSE.total_seconds())


def _deliver(mail: Mail) -> DeliveryFailure | None:
    try:
        _hand_over(mail)
    except (OSError, ValueError, ImproperlyConfigured, SecretUnreadable) as error:
        trouble = _trouble(error, mail)
        _note(mail, trouble)
        return trouble
    _end(mail, state=MailState.SENT, text=no_secret(), trouble="", next_step="")
    return None


def _hand_over(mail: Mail) -> None:
    """The number in its head stays the same at each try, so that a mail program shows it once."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {
        "Message-ID": f"<counterfoil-{mail.pk}-{mail.created_at:%Y%m%d%H%M%S}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
    EmailMessage(mail.subject, mail.text.reveal(), to=[mail.to], headers=headers).send()


def _note(mail: Mail, trouble: DeliveryFailure) -> None:
    now = timezone.now()
    told = {"trouble": trouble.sentence, "next_step": trouble.next_step}
    if trouble.state != MailState.WAITING or now - mail.created_at > GIVE_UP_AFTER:
        _end(mail, state=MailState.FAILED if trouble.state == MailState.WAITING else trouble.state, **told)
        return
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(mail.attempts - 1, 10))
    Mail.objects.filter(pk=mail.pk).update(state=MailState.WAITING, due_at=now + pause, **told)


def _end(mail: Mail, **how: object) -> None:
    Mail.objects.filter(pk=mail.pk).update(ended_at=timezone.now(), **how)


def _defect(mail: Mail, _trace: str) -> None:
    _end(mail, state=MailState.FAILED, trouble="An error in Counterfoil stopped this e-mail.", next_step=REPORT)


def _nothing_to_note(_mail: Mail, _trouble: TryAgain) -> None:
    """The mail says already what happened."""


def _resolve_interrupted() -> None:
    now = timezone.now()
    # One from a time to come was sent before this machine's clock was set back.
    interrupted = Q(asked_at__lt=now - INTERRUPTED_AFTER) | Q(asked_at__gt=now + INTERRUPTED_AFTER)
    Mail.objects.filter(interrupted, state=MailState.SENDING).update(
        state=MailState.UNKNOWN, trouble=INTERRUPTED, next_step=IF_IT_IS_NOT_THERE, ended_at=now
    )


def _trouble(error: Exception, mail: Mail) -> DeliveryFailure:
    if isinstance(error, OutcomeUnknown):
        return DeliveryFailure(NOBODY_KNOWS, IF_IT_IS_NOT_THERE, MailState.UNKNOWN)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        sentence = f"The mail server doesn’t accept e-mail for {mail.to}: {_said(code, words)}"
        return DeliveryFailure(sentence, "Check the e-mail address.", _state_after(code))
    if isinstance(error, smtplib.SMTPDataError):
        return DeliveryFailure(
            f"The mail server doesn’t accept this e-mail: {_said(error.smtp_code, error.smtp_error)}",
            "Ask whoever runs the mail server.",
            _state_after(error.smtp_code),
        )
    if isinstance(error, SecretUnreadable):
        return DeliveryFailure(
            OTHER_KEY, "Repeat what it was about: invite the person or request the link again.", MailState.FAILED
        )
    if isinstance(error, ValueError):
        return DeliveryFailure(f"{mail.to} isn’t an e-mail address.", "Check the e-mail address.", MailState.FAILED)
    return _trouble_with_server(error)


def _trouble_with_server(error: Exception) -> DeliveryFailure:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        sentence = f"The mail server refuses the login: {_said(error.smtp_code, error.smtp_error)}"
    elif isinstance(error, smtplib.SMTPResponseException):
        sentence = f"The mail server refuses: {_said(error.smtp_code, error.smtp_error)}"
    elif isinstance(error, smtplib.SMTPServerDisconnected | TimeoutError):
        sentence = "The mail server didn’t respond in time."
    elif isinstance(error, socket.gaierror):
        sentence = "The mail server’s name can’t be found."
    elif isinstance(error, ssl.SSLError):
        sentence = "Can’t connect to the mail server securely: check its certificate and TLS."
    elif isinstance(error, smtplib.SMTPException):
        sentence = f"The mail server doesn’t match COUNTERFOIL_EMAIL_URL: {error}"
    elif isinstance(error, ImproperlyConfigured):
        sentence = "E-mails can’t be written to the directory in COUNTERFOIL_EMAIL_URL."
    else:
        sentence = "The mail server can’t be reached."
    return DeliveryFailure(sentence, ITS_SETTINGS, server=True)


def _state_after(code: int) -> MailState:
    return MailState.FAILED if code >= PERMANENT else MailState.WAITING


def _said(code: int, words: bytes | str) -> str:
    """The server's own words, as far as a page can show them."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:300].strip()
