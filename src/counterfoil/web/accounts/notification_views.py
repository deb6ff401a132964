"""What a person is told by mail: their own wishes, a test mail, and the mails that did not arrive."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.mail.account_notices import mail_test, tell
from counterfoil.accounts.mail.delivery import deliver_now
from counterfoil.accounts.mail.outbox import ADDRESS_FIRST, can_mail, in_trouble, link, send_again
from counterfoil.accounts.models import MailState, Notifications, Person, Role
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.integrations.import_window import zone_of
from counterfoil.stores.integrations.public_address import public_address
from counterfoil.stores.models import WebIntegration
from counterfoil.web.accounts.notification_form import NotificationsForm
from counterfoil.web.ui.reauthentication import ask_for_password
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.security import current_user, role_required

MOST_MAILS = 50


@role_required(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """One's own notifications."""
    form = NotificationsForm(request.POST or None, instance=_wishes_of(current_user(request)))
    if request.method == "POST" and form.is_valid() and _save(request, form):
        return redirect_back(request, "notifications", "Saved.")
    return _page(request, form, status=422 if request.method == "POST" else 200)


def _save(request: HttpRequest, form: NotificationsForm) -> bool:
    """Another address needs a fresh login: whoever has lost the password gets a new one mailed there."""
    who = current_user(request)
    before = who.email
    is_new = form.cleaned_data["email"] != before
    if is_new:
        ask_for_password(request)
    saved = form.save_all()
    if saved and is_new:
        audit(request, "Changed their own e-mail address.", about=who.username)
        if before:
            tell(who, "Your login has a new e-mail address. This one won’t get e-mails anymore.", to=before)
    return saved


def _wishes_of(who: Person) -> Notifications:
    """What the person chose; at first nothing, in the time zone of a store (the browser proposes its own)."""
    found = Notifications.objects.filter(person=who).first()
    if found is not None:
        found.person = who
        return found
    store = WebIntegration.objects.select_related("state").order_by("pk").first()
    zone = zone_of(store) if store is not None and hasattr(store, "state") else None
    name = zone.key if isinstance(zone, ZoneInfo) else "UTC"
    return Notifications(person=who, time_zone=name, digest_since=timezone.now())


def _page(request: HttpRequest, form: NotificationsForm, *, status: int) -> HttpResponse:
    mails = in_trouble(current_user(request)).select_related("person")[: MOST_MAILS + 1]
    context = {
        "form": form,
        "can_mail": can_mail(),
        "has_links": bool(public_address()),
        "is_new": form.instance.pk is None,
        "mails": list(mails[:MOST_MAILS]),
        "more_mails": len(mails) > MOST_MAILS,
    }
    return render(request, "web/accounts/notifications/index.html", context, status=status)


@role_required(Role.VIEWER)
@require_POST
def test(request: HttpRequest) -> HttpResponse:
    """Sends a test mail now, and says how it went. Takes half a minute at most."""
    who = current_user(request)
    if not can_mail() or not who.email:
        return redirect_back(
            request, "notifications", ADDRESS_FIRST if can_mail() else "No mail server is set up.", well=False
        )
    mail = deliver_now(mail_test(who, link("/")))
    if mail.state == MailState.SENT:
        return redirect_back(request, "notifications", f"The mail server accepted the test e-mail to {mail.to}.")
    messages.error(request, f"{mail.trouble} {mail.next_step}")
    return redirect("notifications")


@role_required(Role.VIEWER)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Has a mail sent again: one's own, an administrator any."""
    mail = get_object_or_404(in_trouble(current_user(request)), pk=min(pk, LARGEST_ID))
    sent = send_again(mail)
    return redirect_back(
        request, "notifications", f"The e-mail to {mail.to} will be sent again within seconds." if sent else ""
    )
