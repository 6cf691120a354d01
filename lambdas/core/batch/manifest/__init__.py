"""Manifests: a CSV, JSON lines or JSON file, read line by line into the fields of its items."""
