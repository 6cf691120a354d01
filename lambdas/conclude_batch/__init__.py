"""Conclude batch: the results, the summary and the metrics of a batch, however its map ended."""
