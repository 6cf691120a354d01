"""Format amounts for people."""


def format_usd(amount: float) -> str:
    """0.0312 → "$0.0312". A picture costs cents and a verdict hundredths of a cent, so show four decimals."""
    return f"${amount:,.4f}"


def format_ceiling(amount_usd: float) -> str:
    """5.0 → "$5". A limit is shown as the user wrote it, without trailing zeros."""
    return f"${amount_usd:,.10g}"


def format_duration(seconds: float) -> str:
    """6.2 → "6.2 s", 82 → "1 min 22 s"."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def format_count(number: int, thing: str) -> str:
    """1, "attempt" → "1 attempt"; 3, "attempt" → "3 attempts"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
