"""All parts of the application that answer addresses: the API, and the pages."""

from __future__ import annotations

from fastapi import APIRouter

from services.admin import (
    alerts_api,
    audit_api,
    audit_pages,
    breakdown_pages,
    caller_pages,
    callers_api,
    campaign_pages,
    catalogue_api,
    creative_pages,
    creatives_api,
    delivery_pages,
    job_pages,
    me_pages,
    oidc_pages,
    overview_api,
    overview_pages,
    pages,
    people_api,
    people_pages,
    report_pages,
    reports_api,
    saved_report_pages,
    saved_reports_api,
    session_api,
    works_api,
)

APIS: tuple[APIRouter, ...] = (
    session_api.router,
    people_api.router,
    callers_api.router,
    audit_api.router,
    catalogue_api.router,
    creatives_api.router,
    works_api.router,
    reports_api.router,
    saved_reports_api.router,
    overview_api.router,
    alerts_api.router,
)
PAGES: tuple[APIRouter, ...] = (
    pages.router,
    overview_pages.router,
    campaign_pages.router,
    creative_pages.router,
    report_pages.router,
    delivery_pages.router,
    breakdown_pages.router,
    saved_report_pages.router,
    people_pages.router,
    me_pages.router,
    oidc_pages.router,
    caller_pages.router,
    job_pages.router,
    audit_pages.router,
)
