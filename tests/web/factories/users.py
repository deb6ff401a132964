"""People who want to be told by mail, for the tests of notifications."""

from datetime import datetime
from typing import Any

from counterfoil.accounts.mail.notifications.alerts import send_alerts
from counterfoil.accounts.mail.notifications.events import current_events
from counterfoil.accounts.models import Mail, Notifications, Person, Role
from tests.web.factories.orders import a_person

LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00Z")


def a_reader(name: str = "ada", *, zone: str = "UTC", **wishes: Any) -> Notifications:
    """Someone with an address and these wishes."""
    person = a_person(Role.CLERK, name)
    Person.objects.filter(pk=person.pk).update(email=f"{name}@example.com")
    stores = wishes.pop("stores", [])
    made = Notifications.objects.create(person=person, time_zone=zone, **{"digest_since": LONG_AGO} | wishes)
    made.stores.set(stores)
    return loaded(made)


def loaded(wishes: Notifications) -> Notifications:
    """As the notifier reads them."""
    return Notifications.objects.select_related("person").prefetch_related("stores").get(pk=wishes.pk)


def look(wishes: Notifications, now: datetime) -> list[Mail]:
    """The notifier comes by at that moment; all mails so far to this reader, the oldest first."""
    send_alerts(loaded(wishes), current_events(), now)
    return list(Mail.objects.filter(person=wishes.person).order_by("pk"))
