"""The names of a batch's files and folders in S3, for everything that writes, reads, watches or permits them.

batches/NAME.jsonl · NAME.defaults.json       an upload that starts a batch
batch/manifests/NAME.jsonl · NAME.defaults.json   a manifest whose batch a command starts
batch/{batch_id}/plan/plan.json · plan/items.json · rejected.jsonl · map/ · claims/ · summary.json ·
results.jsonl · results.csv · and the batch sheet, called as a run's (core.runtime.records.REPORT)
"""

DROP_FOLDER = "batches"
"""A manifest uploaded under this folder starts a batch."""
BATCH_FOLDER = "batch"
"""Holds the folder of each batch, always in the stack's bucket, wherever the pictures go."""
MANIFEST_FOLDER = f"{BATCH_FOLDER}/manifests"
"""Where a command uploads a manifest whose batch it starts itself. No upload here starts a batch, and no run may write here."""
RESERVED_FOLDERS = (DROP_FOLDER, BATCH_FOLDER)
"""Folders that no run may read or write."""

JSON_LINES, JSON_ARRAY, CSV = ".jsonl", ".json", ".csv"
ENDINGS = (JSON_LINES, JSON_ARRAY, CSV)
"""The endings of manifests."""
DEFAULTS_ENDING = ".defaults.json"
"""The defaults of NAME.jsonl are in NAME.defaults.json beside it, which is not a manifest."""

# The names inside a batch's own folder.
PLAN = "plan/plan.json"
ITEMS = "plan/items.json"
REJECTED = "rejected.jsonl"
MAP_FOLDER = "map"
CLAIM_FOLDER = "claims"
SUMMARY = "summary.json"
RESULTS_JSONL = "results.jsonl"
RESULTS_CSV = "results.csv"
