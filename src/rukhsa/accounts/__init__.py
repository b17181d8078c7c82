"""People, companies and who may act for them; sign-in; the one list of permissions."""
