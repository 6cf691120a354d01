"""Which models are there? Their limits, sizes, prices, Regions and lifecycle."""
