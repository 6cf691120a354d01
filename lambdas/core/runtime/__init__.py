"""What does every function need to run? Errors, settings, limits, clients, logs, metrics, the table of functions."""
