"""Stand-ins on loopback for the outside parties: the gateways, eKey, SMS, mail, and a witness of logs."""
