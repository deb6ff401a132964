"""The first administrator, and the file that says how they log in."""

import os
from pathlib import Path

from django.utils import timezone

from counterfoil.accounts.models import Person, Role
from counterfoil.accounts.users import one_time_password

FIRST = "admin"


FILE = "first-login.txt"


def first_login(directory: Path) -> Path | None:
    """The file in the data directory that says how the first administrator logs in; None once they have.

    Readable by its owner alone, and never printed: what is printed stands in logs. It is made anew when its password is
    over. A one-time password that was made in another way stays.
    """
    path = directory / FILE
    person = Person.objects.filter(username=FIRST).first()
    waits = person.must_change_password and person.is_active if person else not Person.objects.exists()
    if not waits:
        path.unlink(missing_ok=True)
        return None
    if person and _still_logs_in(person):
        return path if path.exists() else None
    name, password = first_administrator()
    _write(path, f"Username: {name}\nOne-time password: {password}\nIt works once, within 24 hours.\n")
    return path


def first_administrator() -> tuple[str, str]:
    """The first administrator's name and a new one-time password; makes the administrator where there is none."""
    person = Person.objects.filter(username=FIRST).first()
    if person is None:
        person = Person(username=FIRST, role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True)
    return person.username, one_time_password(person)


def _still_logs_in(person: Person) -> bool:
    until = person.one_time_password_until
    return person.has_usable_password() and until is not None and until > timezone.now()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
