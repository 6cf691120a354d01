"""How far one execution may go, by the limits of Step Functions."""

# AWS: a Standard execution ends when its history reaches 25,000 events. A test computes from the state machine what one
# attempt can write at most (every retry used, every wording tried once) and holds this cap against it.
MAX_ATTEMPTS_PER_RUN = 110
