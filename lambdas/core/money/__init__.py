"""The costs: the ledger of a step, the budget of a batch, and the charges of Step Functions and Lambda."""
