"""Choose a run or a batch by what the user typed: a name, the unique beginning of one, or one that a table has cut."""

from collections.abc import Collection, Sequence

from lambdas.core.runtime.quoting import format_value, nearest
from retake.view.errors import BadInputError

LAST = "last"
"""Stands for the newest run or batch."""
CUT = "…"
"""Stands for what a narrow table leaves out of a name: `simple-en…3f9c`."""
_MAX_LISTED = 5


def choose_name(
    given: str, names: Sequence[str], place: str, kind: str = "run or batch", others: Collection[str] = ()
) -> str:
    """Return the name that equals `given`, else the only one that begins with it. `given` never becomes a path.

    In `given`, `…` stands for any characters.

    place: where the names are from, for the error message. kind: what they name.
    others: the names of another kind, for the error message.

    Raises:
        BadInputError: no name fits (the message names the nearest), or several do.
    """
    if given in names:
        return given
    beginning, _, end = given.partition(CUT)
    fitting = [name for name in names if beginning and name.startswith(beginning) and name.endswith(end)]
    if len(fitting) == 1:
        return fitting[0]
    # The items of a batch begin with its id, but their batch is meant.
    owners = {name.partition("--")[0] for name in fitting}
    if len(owners) == 1 and (owner := owners.pop()) in names:
        return owner
    if fitting:
        fits = "fits" if CUT in given else "is the beginning of"
        more = f" and {len(fitting) - _MAX_LISTED} more" if len(fitting) > _MAX_LISTED else ""
        raise BadInputError(
            f"{format_value(given)} {fits} {len(fitting)} names: {', '.join(fitting[:_MAX_LISTED])}{more}; "
            "give more of it"
        )
    if given in others:
        hint = "that is a run; "
    else:
        near = nearest(given, names)
        hint = f"did you mean {near}? " if near else ""
    raise BadInputError(f"{place} holds no {kind} {format_value(given)}; {hint}`retake list` shows what there is")
