"""Write report.html, the sheet of the batch."""

from typing import Any

from lambdas.core.report.batch_links import Links, image_sources
from lambdas.core.report.batch_page import render_batch_report
from lambdas.core.report.batch_sheet import BatchSheet
from lambdas.core.runtime.observability import logger
from lambdas.core.runtime.records import REPORT
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import RunFolder


def open_sheet(folder: RunFolder, plan: dict[str, Any]) -> BatchSheet:
    """Return the sheet of a batch with this plan.json, without rows."""
    return BatchSheet(Links(folder.bucket, settings().local_prefix), plan["lines"])


def write_sheet(folder: RunFolder, sheet: BatchSheet, summary: dict[str, Any]) -> str | None:
    """Write the sheet and return its `s3://` address; None if it cannot be rendered.

    Raises:
        RecordError: S3 failed (retried by the state machine).
    """
    try:
        page = render_batch_report(sheet, summary, image_sources(folder.bucket))
    except Exception:  # noqa: BLE001
        # The sheet only shows the rows, so an error in it must not fail the batch.
        logger.exception("the batch sheet could not be rendered")
        return None
    folder.write(REPORT, page, "text/html; charset=utf-8")
    return folder.s3_uri(REPORT)
