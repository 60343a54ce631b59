from enum import StrEnum


class Right(StrEnum):
    EDIT_ADVERTISERS = "edit advertisers"
    EDIT_CAMPAIGNS = "edit campaigns"
    EXPORT_REPORTS = "export reports"
    MAKE_DRAFTS = "make drafts"
    MAKE_FORECASTS = "make forecasts"
    MAKE_OWN_KEYS = "make own keys"
    MANAGE_CALLERS = "manage callers"
    MANAGE_PEOPLE = "manage people"
    PROMOTE_MODELS = "promote models"
    REVIEW_CREATIVES = "review creatives"
    RUN_EXPERIMENTS = "run experiments"
    RUN_JOBS = "run jobs"
    SAVE_REPORTS = "save reports"
    SEE_AUDIT = "see audit"
    SEE_CATALOGUE = "see catalogue"
    SEE_DRAFTS = "see drafts"
    SEE_EXPERIMENTS = "see experiments"
    SEE_FORECASTS = "see forecasts"
    SEE_JOBS = "see jobs"
    SEE_MODELS = "see models"
    SEE_PEOPLE = "see people"
    SEE_REPORTS = "see reports"
    SEE_WORKERS = "see workers"

    def __str__(self) -> str:
        return str(self.value)
