"""What every function needs: errors, settings, limits, clients, logs, metrics, and the table of functions."""
