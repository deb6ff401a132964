"""The first administrator, and one-time passwords."""

import secrets

from counterfoil.web.models import Person, Role

FIRST = "admin"


def one_time_password(person: Person) -> str:
    """A new password for one login; the person then chooses their own."""
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    person.set_password(password)
    person.must_change_password = True
    person.save()
    return password


def first_administrator() -> tuple[str, str] | None:
    """The first administrator's name and one-time password, until they have logged in once; then None."""
    person = Person.objects.filter(username=FIRST).first()
    if person is None and not Person.objects.exists():
        person = Person(username=FIRST, role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True)
    if person is None or (not person.must_change_password and person.pk):
        return None
    return person.username, one_time_password(person)
