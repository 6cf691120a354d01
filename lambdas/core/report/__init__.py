"""The proof sheet: report.html, one page that shows a run like a photographer's contact sheet.

Only Conclude imports this room. It imports Pillow and Jinja2, which would slow the cold start of other functions.
"""

from lambdas.core.report.page import render_report

__all__ = ["render_report"]
