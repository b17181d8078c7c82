"""From a decision and a receipt to a released instrument, and what happens to it later."""
