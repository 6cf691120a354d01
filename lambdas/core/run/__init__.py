"""A run: its state between the steps, its seeds, its history, its statuses and its result."""
