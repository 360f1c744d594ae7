"""A model in the forms that other tools run: each is held against the model before it is written."""
