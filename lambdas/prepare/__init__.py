"""Prepare: check the event, apply the defaults, derive the requirements, write the first wording."""
