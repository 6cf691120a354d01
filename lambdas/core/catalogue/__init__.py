"""The known models, with their limits, sizes, prices, Regions and lifecycle."""
