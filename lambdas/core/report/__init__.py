"""The proof sheet: report.html, one page that shows a run like a photographer's contact sheet.

Only Conclude imports this package: it brings Pillow and Jinja2, which the functions in the loop should not wait for.
"""

from lambdas.core.report.page import render_report

__all__ = ["render_report"]
