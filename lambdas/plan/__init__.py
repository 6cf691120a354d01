"""Plan batch: claim the manifest, check its lines, and write the items."""
