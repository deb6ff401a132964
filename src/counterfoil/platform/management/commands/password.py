"""`counterfoil password`: give someone a new one-time password."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.accounts.audit import record_as
from counterfoil.accounts.mail.account_notices import tell
from counterfoil.accounts.models import Person
from counterfoil.accounts.users import one_time_password
from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError


class Command(CounterfoilCommand):
    help = "Gives someone a new one-time password; they choose their own at login."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("username", metavar="NAME", help="Their username.")

    def handle(self, *_args: Any, **options: Any) -> None:
        person = Person.objects.filter(username__iexact=options["username"]).first()
        if person is None:
            raise UsageError(f"There’s no user {options['username']}.")
        password = one_time_password(person)
        tell(person, "A one-time password was created for you on the server. Your old password no longer works.")
        record_as(self.me(), "Created a one-time password for someone.", about=person.username)
        if options["json"]:
            self.print_json({"username": person.username, "one_time_password": password})
        else:
            self.say(f"{person.username} can log in once, within 24 hours, with: {password}")
