"""What clients are called."""


def client_name(*, company: str, last_name: str, first_name: str, email: str) -> str:
    """The company if there is one, else the last name; what else there is for someone without either."""
    found = (part.strip() for part in (company, last_name, first_name, email))
    return next((part for part in found if part), "Guest without a name")
