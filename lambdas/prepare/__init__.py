"""Prepare: check the event, apply the defaults, derive the requirements, and write the first wording."""
