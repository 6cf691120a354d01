"""How far the judge can be trusted: it is held against pictures of which people said what they show."""
