"""Plan a batch."""
