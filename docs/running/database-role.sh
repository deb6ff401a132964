#!/bin/sh
# Run once by the image of PostgreSQL, when its data directory is made: the program gets a role that owns its database
# and is no superuser.
set -eu
psql --username postgres --dbname postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv password DATABASE_PASSWORD
CREATE ROLE counterfoil LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE counterfoil OWNER counterfoil;
SQL
