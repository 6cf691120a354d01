"""Format amounts and times for people."""

from datetime import UTC, datetime

# `strftime` would take the names from the machine's locale.
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def format_usd(amount: float) -> str:
    """0.0312 → "$0.0312". A picture costs cents and a verdict hundredths of a cent, so show four decimals."""
    if 0 < amount < 0.000_05:
        return "less than $0.0001"
    return f"${amount:,.4f}"


def format_ceiling(amount_usd: float) -> str:
    """5.0 → "$5". A limit is shown as the user wrote it, without trailing zeros."""
    return f"${amount_usd:,.10g}"


def format_cost_name(name: str) -> str:
    """Return the name of an entry of the result's `cost`: "estimated_lambda_usd" → "Lambda (estimated)"."""
    words = name.removesuffix("_usd").split("_")
    is_estimate = words[0] == "estimated"
    words = words[is_estimate:]
    service = " ".join(words).capitalize() if words != ["step", "functions"] else "Step Functions"
    return f"{service} (estimated)" if is_estimate else service


def format_moment(moment: datetime) -> str:
    """Return the day and the time with its zone: "21 November 2026, 06:00 UTC"."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"


def format_duration(seconds: float) -> str:
    """6.2 → "6.2 s", 82 → "1 min 22 s"."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def format_sentence(words: str) -> str:
    """Return the words with a capital at the start and a full stop at the end."""
    return f"{words[:1].upper()}{words[1:]}."
