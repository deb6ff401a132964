#!/bin/sh
# Run once by the PostgreSQL image, when its data directory is created: the program gets a role that owns its database
# and isn't a superuser.
set -eu
psql --username postgres --dbname postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv password DATABASE_PASSWORD
CREATE ROLE counterfoil LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE counterfoil OWNER counterfoil;
SQL
