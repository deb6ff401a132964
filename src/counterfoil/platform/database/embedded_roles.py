"""Who logs in at the embedded database: the program as an ordinary role, which owns its tables and nothing else.

The superuser has a password of its own, used only while the server is started. Versions before made the program's own
role the superuser of the cluster; such a one is renamed, and what it owned is given to the new role of the old name.
REASSIGN OWNED does not do that: PostgreSQL keeps it from the role that it was set up with.
"""

from typing import Any

import psycopg
from psycopg import sql

PROGRAM = DATABASE = "counterfoil"
SUPERUSER = "postgres"
_STAND_IN = "counterfoil_renaming"
_OTHERS_THINGS = """
    WITH mine AS (
        SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    ), things AS (
        SELECT 'pg_class'::regclass AS class, oid, relowner AS owner, 1 AS turn FROM pg_class
        WHERE relnamespace IN (SELECT oid FROM mine) AND relkind IN ('r', 'p', 'v', 'm', 'f')
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid, c.relowner, 2 FROM pg_class c
        WHERE relnamespace IN (SELECT oid FROM mine) AND relkind = 'S' AND NOT EXISTS
            (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('a', 'i'))
        UNION ALL
        SELECT 'pg_proc'::regclass, oid, proowner, 3 FROM pg_proc WHERE pronamespace IN (SELECT oid FROM mine)
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid, t.typowner, 4 FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE typnamespace IN (SELECT oid FROM mine) AND (typtype IN ('e', 'd', 'r') OR relkind = 'c')
        UNION ALL
        SELECT 'pg_collation'::regclass, oid, collowner, 5 FROM pg_collation
        WHERE collnamespace IN (SELECT oid FROM mine)
        UNION ALL
        SELECT 'pg_namespace'::regclass, oid, nspowner, 6 FROM pg_namespace WHERE oid IN (SELECT oid FROM mine)
    )
    SELECT named.type, named.identity FROM things, LATERAL pg_identify_object(class, things.oid, 0) AS named
    WHERE owner = %s::regrole AND NOT EXISTS
        (SELECT FROM pg_depend d WHERE d.classid = class AND d.objid = things.oid AND d.deptype = 'e')
    ORDER BY turn, named.identity
"""


def prepare(superuser_url: str, program_url: str, superuser_password: str, program_password: str) -> None:
    """Makes the program's role and its database where they are missing; does nothing where they are there.

    The URLs name the server's own database. Each step is one transaction, and where one was broken off the next start
    goes on. A program that is an ordinary role already works also where the superuser's password is lost. Raises
    psycopg.Error.
    """
    try:
        connection = psycopg.connect(superuser_url, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        if not _demote(program_url, superuser_password):
            return
        connection = psycopg.connect(superuser_url, autocommit=True, connect_timeout=3)
    with connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [PROGRAM]).fetchone():
            _make_role(connection, program_password)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {PROGRAM}".encode())
        owner = connection.execute(
            "SELECT datdba = %s::regrole FROM pg_database WHERE datname = %s", [PROGRAM, DATABASE]
        ).fetchone()
    if owner != (True,):
        _give_away(superuser_url)


def _make_role(connection: psycopg.Connection[Any], password: str) -> None:
    rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    made = sql.SQL("CREATE ROLE {} {} PASSWORD {}")
    connection.execute(made.format(sql.Identifier(PROGRAM), sql.SQL(rights), sql.Literal(password)))


def _demote(program_url: str, superuser_password: str) -> bool:
    """The superuser that had the program's name gets one of its own, in one transaction; False where there is none.

    Nobody can rename whom they are logged in as; another superuser stands in for that.
    """
    with psycopg.connect(program_url, connect_timeout=3) as connection:
        if connection.execute("SHOW is_superuser").fetchone() != ("on",):
            return False
        connection.execute(f"CREATE ROLE {_STAND_IN} SUPERUSER".encode())
        connection.execute(f"SET SESSION AUTHORIZATION {_STAND_IN}".encode())
        connection.execute(f"ALTER ROLE {PROGRAM} RENAME TO {SUPERUSER}".encode())
        changed = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(SUPERUSER), sql.Literal(superuser_password)
        )
        connection.execute(changed)
        connection.execute("RESET SESSION AUTHORIZATION")
        connection.execute(f"DROP ROLE {_STAND_IN}".encode())
    return True


def _give_away(superuser_url: str) -> None:
    """Gives the program all that the superuser has in its database, and the database last: then it is done."""
    with psycopg.connect(superuser_url, dbname=DATABASE, connect_timeout=3) as connection:
        for kind, identity in connection.execute(_OTHERS_THINGS, [SUPERUSER]).fetchall():
            connection.execute(f"ALTER {kind} {identity} OWNER TO {PROGRAM}".encode())
        connection.execute(f"ALTER DATABASE {DATABASE} OWNER TO {PROGRAM}".encode())
