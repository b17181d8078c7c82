"""Django's engine for PostgreSQL, which believes no commit that no standby has confirmed."""
