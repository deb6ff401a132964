"""The first administrator."""

from counterfoil.web.models import Person, Role
from counterfoil.web.people import one_time_password

FIRST = "admin"


def first_administrator() -> tuple[str, str] | None:
    """The first administrator's name and one-time password, until they have logged in once; then None."""
    person = Person.objects.filter(username=FIRST).first()
    if person is None and not Person.objects.exists():
        person = Person(username=FIRST, role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True)
    if person is None or (not person.must_change_password and person.pk):
        return None
    return person.username, one_time_password(person)
