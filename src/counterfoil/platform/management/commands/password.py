"""`counterfoil password`: give someone a new one-time password."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.accounts.audit import record_as
from counterfoil.accounts.mail.account_notices import tell
from counterfoil.accounts.models import Person
from counterfoil.accounts.users import one_time_password
from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError


class Command(CounterfoilCommand):
    help = "Gives someone a new one-time password; they choose their own when they log in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("username", metavar="NAME", help="The name to log in with.")

    def handle(self, *_args: Any, **options: Any) -> None:
        person = Person.objects.filter(username__iexact=options["username"]).first()
        if person is None:
            raise UsageError(f"Nobody is called {options['username']}.")
        password = one_time_password(person)
        tell(person, "A one-time password was made for you on the server. Your own password is not valid any more.")
        record_as(self.me(), "Made a one-time password for someone.", about=person.username)
        if options["json"]:
            self.print_json({"username": person.username, "one_time_password": password})
        else:
            self.say(f"{person.username} logs in once, within 24 hours, with: {password}")
