"""Stand-ins on loopback for what lies outside: the gateways, eKey, SMS, mail, a witness of logs."""
