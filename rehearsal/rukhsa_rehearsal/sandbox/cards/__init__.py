"""A stand-in for cards on the hosted checkout of the Mastercard Gateway."""
