"""The sheets: report.html of a run, a page like a photographer's contact sheet, and report.html of a batch (`batch_page`).

Only Conclude and Conclude batch import this room. It imports Pillow and Jinja2, which would slow the cold start of other
functions.
"""

from lambdas.core.report.page import render_report

__all__ = ["render_report"]
