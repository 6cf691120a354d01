"""Prepare: the event is checked, defaults are applied, the requirements are found, the first wording is written."""
