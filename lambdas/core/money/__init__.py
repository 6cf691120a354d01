"""What is paid: the ledger of a step, the budget of a batch, the platform's charges."""
