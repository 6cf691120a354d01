"""Where is the money? The ledger of a step, the budget of a batch, the charges of Step Functions and Lambda."""
