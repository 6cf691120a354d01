"""results.csv of a batch on this machine: its addresses are paths of files."""

import json
import os
from pathlib import Path

from lambdas.core.batch.results_csv import write_results_csv
from lambdas.core.runtime.batch_paths import PLAN, RESULTS_CSV, RESULTS_JSONL
from lambdas.core.runtime.records import split_s3_uri
from retake.emulator.folder import Folder


def rewrite_results_csv(out: Folder, batch_folder: Path) -> None:
    """Write results.csv again with the paths of pictures and proof sheets instead of pages of the AWS console."""

    def locate(uri: str) -> str:
        return str(out.path_of(split_s3_uri(uri)[1]))

    extra_columns = json.loads((batch_folder / PLAN).read_bytes())["extra_columns"]
    unfinished = batch_folder / f".{RESULTS_CSV}.{os.getpid()}.tmp"
    try:
        with (batch_folder / RESULTS_JSONL).open(encoding="utf-8") as rows, unfinished.open("wb") as table:
            table.writelines(write_results_csv(map(json.loads, rows), extra_columns, locate))
        unfinished.replace(batch_folder / RESULTS_CSV)
    finally:
        unfinished.unlink(missing_ok=True)
