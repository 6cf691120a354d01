"""The basis of every function: errors, settings, limits, clients, logs, metrics, and the table of functions."""
