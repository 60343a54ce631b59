"""Contains all the data models used in inputs/outputs"""

from .ad_in import AdIn
from .ad_out import AdOut
from .advertiser_in import AdvertiserIn
from .advertiser_out import AdvertiserOut
from .alert_kind import AlertKind
from .alert_level import AlertLevel
from .alert_out import AlertOut
from .alert_out_facts import AlertOutFacts
from .alert_subject import AlertSubject
from .alerts_out import AlertsOut
from .approvals_in import ApprovalsIn
from .arm_in import ArmIn
from .assignment_in import AssignmentIn
from .assignment_unit import AssignmentUnit
from .attribution_body import AttributionBody
from .audit_out import AuditOut
from .audit_out_detail import AuditOutDetail
from .bandit_out import BanditOut
from .bandit_out_belief_type_0 import BanditOutBeliefType0
from .baseline_in import BaselineIn
from .bid_strategy_body import BidStrategyBody
from .bid_strategy_kind import BidStrategyKind
from .bid_strategy_out import BidStrategyOut
from .bin_out import BinOut
from .breakdown_out import BreakdownOut
from .breakdown_out_labels import BreakdownOutLabels
from .breakdown_out_labels_additional_property import BreakdownOutLabelsAdditionalProperty
from .breakdown_out_metrics import BreakdownOutMetrics
from .breakdown_out_metrics_additional_property import BreakdownOutMetricsAdditionalProperty
from .breakdown_out_rows_item import BreakdownOutRowsItem
from .breakdown_out_totals_item import BreakdownOutTotalsItem
from .breakdown_out_unknown_ids import BreakdownOutUnknownIds
from .bucket_range_in import BucketRangeIn
from .bundle_card_out import BundleCardOut
from .bundle_card_out_baselines_type_0 import BundleCardOutBaselinesType0
from .bundle_card_out_baselines_type_0_additional_property import BundleCardOutBaselinesType0AdditionalProperty
from .bundle_card_out_config import BundleCardOutConfig
from .bundle_card_out_curves_type_0 import BundleCardOutCurvesType0
from .bundle_card_out_metrics import BundleCardOutMetrics
from .bundle_out import BundleOut
from .bundle_out_metrics import BundleOutMetrics
from .bundle_state import BundleState
from .caller_changes import CallerChanges
from .caller_in import CallerIn
from .caller_key_in import CallerKeyIn
from .caller_key_out import CallerKeyOut
from .caller_key_out_state import CallerKeyOutState
from .caller_out import CallerOut
from .campaign_changes import CampaignChanges
from .campaign_in import CampaignIn
from .campaign_out import CampaignOut
from .campaign_out_attribution import CampaignOutAttribution
from .campaign_out_frequency_caps_item import CampaignOutFrequencyCapsItem
from .campaign_out_targeting import CampaignOutTargeting
from .campaign_status import CampaignStatus
from .chain_head_out import ChainHeadOut
from .chain_out import ChainOut
from .changes_out import ChangesOut
from .copy_in import CopyIn
from .counted_users import CountedUsers
from .coverage_out import CoverageOut
from .coverage_out_items_item import CoverageOutItemsItem
from .creative_changes import CreativeChanges
from .creative_in import CreativeIn
from .creative_out import CreativeOut
from .creative_out_elements import CreativeOutElements
from .creative_status import CreativeStatus
from .creative_weight_out import CreativeWeightOut
from .data_span_out import DataSpanOut
from .decide_in import DecideIn
from .decision_in import DecisionIn
from .deliveries_out import DeliveriesOut
from .delivery_out import DeliveryOut
from .deployment_kind import DeploymentKind
from .deployment_out import DeploymentOut
from .deployment_out_gates_type_0 import DeploymentOutGatesType0
from .dimension import Dimension
from .draft_decision_in import DraftDecisionIn
from .draft_out import DraftOut
from .draft_out_review import DraftOutReview
from .element_out import ElementOut
from .element_out_evidence import ElementOutEvidence
from .elements_out import ElementsOut
from .elements_out_deviations import ElementsOutDeviations
from .elements_out_pairs_item import ElementsOutPairsItem
from .ended_out import EndedOut
from .every import Every
from .expected_end_out import ExpectedEndOut
from .experiment_in import ExperimentIn
from .experiment_in_analysis import ExperimentInAnalysis
from .experiment_in_guardrails_item import ExperimentInGuardrailsItem
from .experiment_in_plan import ExperimentInPlan
from .experiment_out import ExperimentOut
from .experiment_plan_in import ExperimentPlanIn
from .experiment_plan_in_alternative import ExperimentPlanInAlternative
from .experiment_plan_in_correction import ExperimentPlanInCorrection
from .experiment_plan_in_difference import ExperimentPlanInDifference
from .experiment_plan_in_method import ExperimentPlanInMethod
from .experiment_state import ExperimentState
from .experiment_story_out import ExperimentStoryOut
from .experiment_story_out_latest_type_0 import ExperimentStoryOutLatestType0
from .experiment_story_out_next_analysis_type_0 import ExperimentStoryOutNextAnalysisType0
from .experiment_story_out_setup import ExperimentStoryOutSetup
from .forecast_document import ForecastDocument
from .forecast_document_curve_item import ForecastDocumentCurveItem
from .forecast_document_daily_item import ForecastDocumentDailyItem
from .forecast_document_inputs import ForecastDocumentInputs
from .forecast_document_plan import ForecastDocumentPlan
from .forecast_document_reasons_item import ForecastDocumentReasonsItem
from .forecast_document_total import ForecastDocumentTotal
from .forecast_out import ForecastOut
from .forecast_plan_in import ForecastPlanIn
from .frequency_cap_body import FrequencyCapBody
from .health_out import HealthOut
from .hook_body import HookBody
from .interval_out import IntervalOut
from .job_in_hand_out import JobInHandOut
from .job_out import JobOut
from .job_outcome import JobOutcome
from .job_state import JobState
from .key_in import KeyIn
from .key_out import KeyOut
from .live_out import LiveOut
from .made_caller_key_out import MadeCallerKeyOut
from .made_caller_key_out_state import MadeCallerKeyOutState
from .made_forecast_out import MadeForecastOut
from .made_forecast_out_curve_item import MadeForecastOutCurveItem
from .made_forecast_out_daily_item import MadeForecastOutDailyItem
from .made_forecast_out_inputs import MadeForecastOutInputs
from .made_forecast_out_plan import MadeForecastOutPlan
from .made_forecast_out_reasons_item import MadeForecastOutReasonsItem
from .made_forecast_out_total import MadeForecastOutTotal
from .made_key_out import MadeKeyOut
from .named_in import NamedIn
from .online_day_out import OnlineDayOut
from .online_out import OnlineOut
from .online_row_out import OnlineRowOut
from .order_in import OrderIn
from .order_in_brief import OrderInBrief
from .order_out import OrderOut
from .outcome_out import OutcomeOut
from .outcomes_out import OutcomesOut
from .overview_out import OverviewOut
from .page_out_ad_out import PageOutAdOut
from .page_out_advertiser_out import PageOutAdvertiserOut
from .page_out_audit_out import PageOutAuditOut
from .page_out_bundle_out import PageOutBundleOut
from .page_out_caller_key_out import PageOutCallerKeyOut
from .page_out_caller_out import PageOutCallerOut
from .page_out_campaign_out import PageOutCampaignOut
from .page_out_creative_out import PageOutCreativeOut
from .page_out_deployment_out import PageOutDeploymentOut
from .page_out_draft_out import PageOutDraftOut
from .page_out_experiment_out import PageOutExperimentOut
from .page_out_forecast_out import PageOutForecastOut
from .page_out_job_out import PageOutJobOut
from .page_out_key_out import PageOutKeyOut
from .page_out_result_out import PageOutResultOut
from .page_out_rollout_out import PageOutRolloutOut
from .page_out_saved_report_out import PageOutSavedReportOut
from .page_out_schedule_out import PageOutScheduleOut
from .page_out_session_out import PageOutSessionOut
from .page_out_user_out import PageOutUserOut
from .page_out_waiting_out import PageOutWaitingOut
from .page_out_worker_out import PageOutWorkerOut
from .password_in import PasswordIn
from .past_in import PastIn
from .past_in_metric import PastInMetric
from .past_out import PastOut
from .pause_in import PauseIn
from .period_name import PeriodName
from .period_out import PeriodOut
from .period_out_before import PeriodOutBefore
from .period_out_days_item import PeriodOutDaysItem
from .period_out_now import PeriodOutNow
from .period_out_today import PeriodOutToday
from .permission import Permission
from .plan_out import PlanOut
from .plan_out_power_by_units_item import PlanOutPowerByUnitsItem
from .planned_metric_in import PlannedMetricIn
from .planned_metric_in_direction import PlannedMetricInDirection
from .planned_metric_in_kind import PlannedMetricInKind
from .problem import Problem
from .raise_in import RaiseIn
from .raise_out import RaiseOut
from .release_in import ReleaseIn
from .replica_out import ReplicaOut
from .report_file import ReportFile
from .report_out import ReportOut
from .report_out_labels import ReportOutLabels
from .report_out_labels_additional_property import ReportOutLabelsAdditionalProperty
from .report_out_metrics import ReportOutMetrics
from .report_out_metrics_additional_property import ReportOutMetricsAdditionalProperty
from .report_out_rows_item import ReportOutRowsItem
from .report_out_totals_item import ReportOutTotalsItem
from .report_out_unknown_ids import ReportOutUnknownIds
from .report_period import ReportPeriod
from .result_out import ResultOut
from .result_out_document import ResultOutDocument
from .results_file import ResultsFile
from .review_verdict import ReviewVerdict
from .reviewed_creative_out import ReviewedCreativeOut
from .reviewed_creative_out_elements import ReviewedCreativeOutElements
from .reviewed_creative_out_review_type_0 import ReviewedCreativeOutReviewType0
from .right import Right
from .role import Role
from .rollout_deed import RolloutDeed
from .rollout_in import RolloutIn
from .rollout_out import RolloutOut
from .rollout_out_refused_type_0 import RolloutOutRefusedType0
from .rollout_out_result_type_0 import RolloutOutResultType0
from .rotate_in import RotateIn
from .saved_report_changes import SavedReportChanges
from .saved_report_in import SavedReportIn
from .saved_report_out import SavedReportOut
from .saved_report_out_addresses import SavedReportOutAddresses
from .schedule_changes import ScheduleChanges
from .schedule_in import ScheduleIn
from .schedule_out import ScheduleOut
from .schedule_secret_out import ScheduleSecretOut
from .schedule_story_out import ScheduleStoryOut
from .send_out import SendOut
from .send_state import SendState
from .session_out import SessionOut
from .shared_out import SharedOut
from .sign_in_in import SignInIn
from .slice_out import SliceOut
from .standing_out import StandingOut
from .standings_out import StandingsOut
from .start_in import StartIn
from .step_out import StepOut
from .steps_in import StepsIn
from .steps_out import StepsOut
from .stop_in import StopIn
from .targeting_body import TargetingBody
from .times_body import TimesBody
from .user_changes import UserChanges
from .user_in import UserIn
from .user_out import UserOut
from .waiting_out import WaitingOut
from .waiting_out_review_type_0 import WaitingOutReviewType0
from .waits import Waits
from .who_out import WhoOut
from .worker_out import WorkerOut

__all__ = (
    "AdIn",
    "AdOut",
    "AdvertiserIn",
    "AdvertiserOut",
    "AlertKind",
    "AlertLevel",
    "AlertOut",
    "AlertOutFacts",
    "AlertsOut",
    "AlertSubject",
    "ApprovalsIn",
    "ArmIn",
    "AssignmentIn",
    "AssignmentUnit",
    "AttributionBody",
    "AuditOut",
    "AuditOutDetail",
    "BanditOut",
    "BanditOutBeliefType0",
    "BaselineIn",
    "BidStrategyBody",
    "BidStrategyKind",
    "BidStrategyOut",
    "BinOut",
    "BreakdownOut",
    "BreakdownOutLabels",
    "BreakdownOutLabelsAdditionalProperty",
    "BreakdownOutMetrics",
    "BreakdownOutMetricsAdditionalProperty",
    "BreakdownOutRowsItem",
    "BreakdownOutTotalsItem",
    "BreakdownOutUnknownIds",
    "BucketRangeIn",
    "BundleCardOut",
    "BundleCardOutBaselinesType0",
    "BundleCardOutBaselinesType0AdditionalProperty",
    "BundleCardOutConfig",
    "BundleCardOutCurvesType0",
    "BundleCardOutMetrics",
    "BundleOut",
    "BundleOutMetrics",
    "BundleState",
    "CallerChanges",
    "CallerIn",
    "CallerKeyIn",
    "CallerKeyOut",
    "CallerKeyOutState",
    "CallerOut",
    "CampaignChanges",
    "CampaignIn",
    "CampaignOut",
    "CampaignOutAttribution",
    "CampaignOutFrequencyCapsItem",
    "CampaignOutTargeting",
    "CampaignStatus",
    "ChainHeadOut",
    "ChainOut",
    "ChangesOut",
    "CopyIn",
    "CountedUsers",
    "CoverageOut",
    "CoverageOutItemsItem",
    "CreativeChanges",
    "CreativeIn",
    "CreativeOut",
    "CreativeOutElements",
    "CreativeStatus",
    "CreativeWeightOut",
    "DataSpanOut",
    "DecideIn",
    "DecisionIn",
    "DeliveriesOut",
    "DeliveryOut",
    "DeploymentKind",
    "DeploymentOut",
    "DeploymentOutGatesType0",
    "Dimension",
    "DraftDecisionIn",
    "DraftOut",
    "DraftOutReview",
    "ElementOut",
    "ElementOutEvidence",
    "ElementsOut",
    "ElementsOutDeviations",
    "ElementsOutPairsItem",
    "EndedOut",
    "Every",
    "ExpectedEndOut",
    "ExperimentIn",
    "ExperimentInAnalysis",
    "ExperimentInGuardrailsItem",
    "ExperimentInPlan",
    "ExperimentOut",
    "ExperimentPlanIn",
    "ExperimentPlanInAlternative",
    "ExperimentPlanInCorrection",
    "ExperimentPlanInDifference",
    "ExperimentPlanInMethod",
    "ExperimentState",
    "ExperimentStoryOut",
    "ExperimentStoryOutLatestType0",
    "ExperimentStoryOutNextAnalysisType0",
    "ExperimentStoryOutSetup",
    "ForecastDocument",
    "ForecastDocumentCurveItem",
    "ForecastDocumentDailyItem",
    "ForecastDocumentInputs",
    "ForecastDocumentPlan",
    "ForecastDocumentReasonsItem",
    "ForecastDocumentTotal",
    "ForecastOut",
    "ForecastPlanIn",
    "FrequencyCapBody",
    "HealthOut",
    "HookBody",
    "IntervalOut",
    "JobInHandOut",
    "JobOut",
    "JobOutcome",
    "JobState",
    "KeyIn",
    "KeyOut",
    "LiveOut",
    "MadeCallerKeyOut",
    "MadeCallerKeyOutState",
    "MadeForecastOut",
    "MadeForecastOutCurveItem",
    "MadeForecastOutDailyItem",
    "MadeForecastOutInputs",
    "MadeForecastOutPlan",
    "MadeForecastOutReasonsItem",
    "MadeForecastOutTotal",
    "MadeKeyOut",
    "NamedIn",
    "OnlineDayOut",
    "OnlineOut",
    "OnlineRowOut",
    "OrderIn",
    "OrderInBrief",
    "OrderOut",
    "OutcomeOut",
    "OutcomesOut",
    "OverviewOut",
    "PageOutAdOut",
    "PageOutAdvertiserOut",
    "PageOutAuditOut",
    "PageOutBundleOut",
    "PageOutCallerKeyOut",
    "PageOutCallerOut",
    "PageOutCampaignOut",
    "PageOutCreativeOut",
    "PageOutDeploymentOut",
    "PageOutDraftOut",
    "PageOutExperimentOut",
    "PageOutForecastOut",
    "PageOutJobOut",
    "PageOutKeyOut",
    "PageOutResultOut",
    "PageOutRolloutOut",
    "PageOutSavedReportOut",
    "PageOutScheduleOut",
    "PageOutSessionOut",
    "PageOutUserOut",
    "PageOutWaitingOut",
    "PageOutWorkerOut",
    "PasswordIn",
    "PastIn",
    "PastInMetric",
    "PastOut",
    "PauseIn",
    "PeriodName",
    "PeriodOut",
    "PeriodOutBefore",
    "PeriodOutDaysItem",
    "PeriodOutNow",
    "PeriodOutToday",
    "Permission",
    "PlannedMetricIn",
    "PlannedMetricInDirection",
    "PlannedMetricInKind",
    "PlanOut",
    "PlanOutPowerByUnitsItem",
    "Problem",
    "RaiseIn",
    "RaiseOut",
    "ReleaseIn",
    "ReplicaOut",
    "ReportFile",
    "ReportOut",
    "ReportOutLabels",
    "ReportOutLabelsAdditionalProperty",
    "ReportOutMetrics",
    "ReportOutMetricsAdditionalProperty",
    "ReportOutRowsItem",
    "ReportOutTotalsItem",
    "ReportOutUnknownIds",
    "ReportPeriod",
    "ResultOut",
    "ResultOutDocument",
    "ResultsFile",
    "ReviewedCreativeOut",
    "ReviewedCreativeOutElements",
    "ReviewedCreativeOutReviewType0",
    "ReviewVerdict",
    "Right",
    "Role",
    "RolloutDeed",
    "RolloutIn",
    "RolloutOut",
    "RolloutOutRefusedType0",
    "RolloutOutResultType0",
    "RotateIn",
    "SavedReportChanges",
    "SavedReportIn",
    "SavedReportOut",
    "SavedReportOutAddresses",
    "ScheduleChanges",
    "ScheduleIn",
    "ScheduleOut",
    "ScheduleSecretOut",
    "ScheduleStoryOut",
    "SendOut",
    "SendState",
    "SessionOut",
    "SharedOut",
    "SignInIn",
    "SliceOut",
    "StandingOut",
    "StandingsOut",
    "StartIn",
    "StepOut",
    "StepsIn",
    "StepsOut",
    "StopIn",
    "TargetingBody",
    "TimesBody",
    "UserChanges",
    "UserIn",
    "UserOut",
    "WaitingOut",
    "WaitingOutReviewType0",
    "Waits",
    "WhoOut",
    "WorkerOut",
)
