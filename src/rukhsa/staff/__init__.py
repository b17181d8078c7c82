"""The accounts of the staff: invitations, posts, passwords, second factors, sessions, and limits on guessing."""
