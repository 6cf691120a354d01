"""What every function stands on: errors, settings, limits, clients, logs and metrics."""
