"""DATABASE_URL: what it says of TLS reaches the database's library."""

from counterfoil.platform.settings_urls import database_settings


def test_the_url_says_which_certificates_are_trusted_and_shown() -> None:
    """Instead of a password, and without falling back to a connection in clear."""
    url = "postgresql://orders@db.example.com/orders?sslmode=verify-full&sslrootcert=/ca&sslcert=/cert&sslkey=/key"
    database = database_settings(url, application_name="web")
    wanted = {"sslmode": "verify-full", "sslrootcert": "/ca", "sslcert": "/cert", "sslkey": "/key"}
    assert wanted.items() <= database["OPTIONS"].items()
    assert database["PASSWORD"] == ""
