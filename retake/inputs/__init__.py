"""What the user gives: events, manifests, settings."""
