"""The forgery lab: genuine and forged documents of an authority that does not exist, for training."""
