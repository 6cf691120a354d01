"""The known models: limits, sizes, prices, Regions and lifecycle."""
