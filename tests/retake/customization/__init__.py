"""Training sets and plans, without a command."""
