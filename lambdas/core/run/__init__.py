"""A run: its seeds, its history and its result."""
