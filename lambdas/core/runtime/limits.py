"""The limit of one execution that follows from the quotas of Step Functions."""

# AWS: a Standard execution fails when its history reaches 25,000 events. A test computes from the state machine the most
# events of one attempt (with all retries, and a revision after each attempt) and asserts that this many attempts fit.
MAX_ATTEMPTS_PER_RUN = 110
