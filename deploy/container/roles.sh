#!/bin/sh
# Run once by the image of PostgreSQL, when the database is new: the three roles and the database of the owner.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres <<END
CREATE ROLE rukhsa_owner LOGIN PASSWORD '$OWNER_PASSWORD';
CREATE ROLE rukhsa_serving LOGIN PASSWORD '$SERVING_PASSWORD';
CREATE ROLE rukhsa_signer LOGIN PASSWORD '$SIGNER_PASSWORD';
CREATE DATABASE rukhsa OWNER rukhsa_owner LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0;
END
