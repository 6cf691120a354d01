"""The painter, the judge, and the language that both of them read."""
