"""The checks and the cost estimate of a request, before anything is paid."""
