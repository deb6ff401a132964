"""Who works in the demo's past: its owner, who is the first administrator, and two clerks."""

from counterfoil.accounts.models import Person, Role

OWNER = ("admin", "Olivia", "Reed")
CLERKS = (("maria", "Maria", "Lopez"), ("ben", "Ben", "Carter"))


def add_people() -> list[str]:
    """Names the owner and adds the clerks, who cannot log in until someone gives them a password; all their names."""
    name, first, last = OWNER
    Person.objects.filter(username=name, first_name="").update(first_name=first, last_name=last)
    for username, first_name, last_name in CLERKS:
        person = Person(username=username, first_name=first_name, last_name=last_name, role=Role.CLERK)
        person.email = f"{username}@example.com"
        person.set_unusable_password()
        person.save()
    return [f"{first} {last}" for _, first, last in (OWNER, *CLERKS)]
