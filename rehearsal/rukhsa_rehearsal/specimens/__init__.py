"""The forgery lab: genuine documents and forgeries of an authority that does not exist, to train whoever checks."""
