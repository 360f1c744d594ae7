"""The report of a fit: typed facts, and their rendering as a page, as Markdown and as JSON."""

from __future__ import annotations

from automl.report.rendering import ReportFormat, render, report_format

__all__ = ["ReportFormat", "render", "report_format"]
