"""Seeds: the same run paints the same pictures when it is run again."""

import hashlib


def attempt_seed(run_id: str, revision: int, attempt: int, given_seed: int, max_seed: int) -> int:
    """The seed of one attempt, from 1 to `max_seed` (0 means "random" to Stability's models).

    A given seed serves attempt 1 of each wording, the next one attempt 2, and so on; seed 0 is derived from the run.
    """
    if given_seed:
        return _wrapped(given_seed + attempt - 1, max_seed)
    return _derived(f"{run_id}/{revision}/{attempt}", max_seed)


def candidate_seed(seed: int, candidate: int, max_seed: int) -> int:
    """The seed of one candidate of a model that makes one picture a call; the first has the attempt's own."""
    return seed if candidate == 1 else _derived(f"{seed}/{candidate}", max_seed)


def _derived(text: str, max_seed: int) -> int:
    return _wrapped(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]), max_seed)


def _wrapped(number: int, max_seed: int) -> int:
    return (number - 1) % max_seed + 1
