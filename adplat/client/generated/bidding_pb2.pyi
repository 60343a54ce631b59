import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AuctionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUCTION_KIND_UNSPECIFIED: _ClassVar[AuctionKind]
    AUCTION_KIND_FIRST_PRICE: _ClassVar[AuctionKind]
    AUCTION_KIND_SECOND_PRICE: _ClassVar[AuctionKind]

class AdFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AD_FORMAT_UNSPECIFIED: _ClassVar[AdFormat]
    AD_FORMAT_BANNER: _ClassVar[AdFormat]
    AD_FORMAT_NATIVE: _ClassVar[AdFormat]

class NoBidReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NO_BID_REASON_UNSPECIFIED: _ClassVar[NoBidReason]
    NO_BID_REASON_NOTHING_ELIGIBLE: _ClassVar[NoBidReason]
    NO_BID_REASON_BELOW_FLOOR: _ClassVar[NoBidReason]
    NO_BID_REASON_FREQUENCY: _ClassVar[NoBidReason]
    NO_BID_REASON_BUDGET: _ClassVar[NoBidReason]
    NO_BID_REASON_PACED: _ClassVar[NoBidReason]
    NO_BID_REASON_ROBOT: _ClassVar[NoBidReason]
    NO_BID_REASON_OUT_OF_TIME: _ClassVar[NoBidReason]
    NO_BID_REASON_CURRENCY: _ClassVar[NoBidReason]
    NO_BID_REASON_STATE_AWAY: _ClassVar[NoBidReason]

class EventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVENT_KIND_UNSPECIFIED: _ClassVar[EventKind]
    EVENT_KIND_IMPRESSION: _ClassVar[EventKind]
    EVENT_KIND_CLICK: _ClassVar[EventKind]
    EVENT_KIND_CONVERSION: _ClassVar[EventKind]
    EVENT_KIND_WIN: _ClassVar[EventKind]
    EVENT_KIND_BILLING: _ClassVar[EventKind]
    EVENT_KIND_LOSS: _ClassVar[EventKind]

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_ACCEPTED: _ClassVar[Outcome]
    OUTCOME_DUPLICATE: _ClassVar[Outcome]
    OUTCOME_UNKNOWN_DECISION: _ClassVar[Outcome]
    OUTCOME_ABOVE_BID: _ClassVar[Outcome]
AUCTION_KIND_UNSPECIFIED: AuctionKind
AUCTION_KIND_FIRST_PRICE: AuctionKind
AUCTION_KIND_SECOND_PRICE: AuctionKind
AD_FORMAT_UNSPECIFIED: AdFormat
AD_FORMAT_BANNER: AdFormat
AD_FORMAT_NATIVE: AdFormat
NO_BID_REASON_UNSPECIFIED: NoBidReason
NO_BID_REASON_NOTHING_ELIGIBLE: NoBidReason
NO_BID_REASON_BELOW_FLOOR: NoBidReason
NO_BID_REASON_FREQUENCY: NoBidReason
NO_BID_REASON_BUDGET: NoBidReason
NO_BID_REASON_PACED: NoBidReason
NO_BID_REASON_ROBOT: NoBidReason
NO_BID_REASON_OUT_OF_TIME: NoBidReason
NO_BID_REASON_CURRENCY: NoBidReason
NO_BID_REASON_STATE_AWAY: NoBidReason
EVENT_KIND_UNSPECIFIED: EventKind
EVENT_KIND_IMPRESSION: EventKind
EVENT_KIND_CLICK: EventKind
EVENT_KIND_CONVERSION: EventKind
EVENT_KIND_WIN: EventKind
EVENT_KIND_BILLING: EventKind
EVENT_KIND_LOSS: EventKind
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_ACCEPTED: Outcome
OUTCOME_DUPLICATE: Outcome
OUTCOME_UNKNOWN_DECISION: Outcome
OUTCOME_ABOVE_BID: Outcome

class Value(_message.Message):
    __slots__ = ("text", "number")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    text: str
    number: float
    def __init__(self, text: _Optional[str] = ..., number: _Optional[float] = ...) -> None: ...

class User(_message.Message):
    __slots__ = ("user_key", "attributes")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...
    USER_KEY_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    user_key: str
    attributes: _containers.MessageMap[str, Value]
    def __init__(self, user_key: _Optional[str] = ..., attributes: _Optional[_Mapping[str, Value]] = ...) -> None: ...

class Size(_message.Message):
    __slots__ = ("width_px", "height_px")
    WIDTH_PX_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    width_px: int
    height_px: int
    def __init__(self, width_px: _Optional[int] = ..., height_px: _Optional[int] = ...) -> None: ...

class Deal(_message.Message):
    __slots__ = ("deal_id", "floor_micros", "floor_currency", "auction", "has_fixed_price", "seats", "advertiser_domains")
    DEAL_ID_FIELD_NUMBER: _ClassVar[int]
    FLOOR_MICROS_FIELD_NUMBER: _ClassVar[int]
    FLOOR_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    AUCTION_FIELD_NUMBER: _ClassVar[int]
    HAS_FIXED_PRICE_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    ADVERTISER_DOMAINS_FIELD_NUMBER: _ClassVar[int]
    deal_id: str
    floor_micros: int
    floor_currency: str
    auction: AuctionKind
    has_fixed_price: bool
    seats: _containers.RepeatedScalarFieldContainer[str]
    advertiser_domains: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, deal_id: _Optional[str] = ..., floor_micros: _Optional[int] = ..., floor_currency: _Optional[str] = ..., auction: _Optional[_Union[AuctionKind, str]] = ..., has_fixed_price: _Optional[bool] = ..., seats: _Optional[_Iterable[str]] = ..., advertiser_domains: _Optional[_Iterable[str]] = ...) -> None: ...

class Impression(_message.Message):
    __slots__ = ("impression_id", "placement", "sizes", "formats", "floor_micros", "floor_currency", "blocked_attributes", "deals", "is_private", "is_secure", "position", "expires_s")
    IMPRESSION_ID_FIELD_NUMBER: _ClassVar[int]
    PLACEMENT_FIELD_NUMBER: _ClassVar[int]
    SIZES_FIELD_NUMBER: _ClassVar[int]
    FORMATS_FIELD_NUMBER: _ClassVar[int]
    FLOOR_MICROS_FIELD_NUMBER: _ClassVar[int]
    FLOOR_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    DEALS_FIELD_NUMBER: _ClassVar[int]
    IS_PRIVATE_FIELD_NUMBER: _ClassVar[int]
    IS_SECURE_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_S_FIELD_NUMBER: _ClassVar[int]
    impression_id: str
    placement: str
    sizes: _containers.RepeatedCompositeFieldContainer[Size]
    formats: _containers.RepeatedScalarFieldContainer[AdFormat]
    floor_micros: int
    floor_currency: str
    blocked_attributes: _containers.RepeatedScalarFieldContainer[int]
    deals: _containers.RepeatedCompositeFieldContainer[Deal]
    is_private: bool
    is_secure: bool
    position: int
    expires_s: int
    def __init__(self, impression_id: _Optional[str] = ..., placement: _Optional[str] = ..., sizes: _Optional[_Iterable[_Union[Size, _Mapping]]] = ..., formats: _Optional[_Iterable[_Union[AdFormat, str]]] = ..., floor_micros: _Optional[int] = ..., floor_currency: _Optional[str] = ..., blocked_attributes: _Optional[_Iterable[int]] = ..., deals: _Optional[_Iterable[_Union[Deal, _Mapping]]] = ..., is_private: _Optional[bool] = ..., is_secure: _Optional[bool] = ..., position: _Optional[int] = ..., expires_s: _Optional[int] = ...) -> None: ...

class Blocks(_message.Message):
    __slots__ = ("advertiser_domains", "apps", "categories", "allowed_categories", "taxonomy", "allowed_languages", "seats", "allowed_seats")
    ADVERTISER_DOMAINS_FIELD_NUMBER: _ClassVar[int]
    APPS_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    TAXONOMY_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_SEATS_FIELD_NUMBER: _ClassVar[int]
    advertiser_domains: _containers.RepeatedScalarFieldContainer[str]
    apps: _containers.RepeatedScalarFieldContainer[str]
    categories: _containers.RepeatedScalarFieldContainer[str]
    allowed_categories: _containers.RepeatedScalarFieldContainer[str]
    taxonomy: int
    allowed_languages: _containers.RepeatedScalarFieldContainer[str]
    seats: _containers.RepeatedScalarFieldContainer[str]
    allowed_seats: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, advertiser_domains: _Optional[_Iterable[str]] = ..., apps: _Optional[_Iterable[str]] = ..., categories: _Optional[_Iterable[str]] = ..., allowed_categories: _Optional[_Iterable[str]] = ..., taxonomy: _Optional[int] = ..., allowed_languages: _Optional[_Iterable[str]] = ..., seats: _Optional[_Iterable[str]] = ..., allowed_seats: _Optional[_Iterable[str]] = ...) -> None: ...

class PrivacySignals(_message.Message):
    __slots__ = ("coppa", "gdpr", "tcf_consent", "us_privacy", "gpp", "gpp_sections", "do_not_track", "limit_ad_tracking")
    COPPA_FIELD_NUMBER: _ClassVar[int]
    GDPR_FIELD_NUMBER: _ClassVar[int]
    TCF_CONSENT_FIELD_NUMBER: _ClassVar[int]
    US_PRIVACY_FIELD_NUMBER: _ClassVar[int]
    GPP_FIELD_NUMBER: _ClassVar[int]
    GPP_SECTIONS_FIELD_NUMBER: _ClassVar[int]
    DO_NOT_TRACK_FIELD_NUMBER: _ClassVar[int]
    LIMIT_AD_TRACKING_FIELD_NUMBER: _ClassVar[int]
    coppa: bool
    gdpr: bool
    tcf_consent: str
    us_privacy: str
    gpp: str
    gpp_sections: _containers.RepeatedScalarFieldContainer[int]
    do_not_track: bool
    limit_ad_tracking: bool
    def __init__(self, coppa: _Optional[bool] = ..., gdpr: _Optional[bool] = ..., tcf_consent: _Optional[str] = ..., us_privacy: _Optional[str] = ..., gpp: _Optional[str] = ..., gpp_sections: _Optional[_Iterable[int]] = ..., do_not_track: _Optional[bool] = ..., limit_ad_tracking: _Optional[bool] = ...) -> None: ...

class BidRequest(_message.Message):
    __slots__ = ("request_id", "impressions", "user", "context", "creative_ids", "campaign_ids", "blocks", "privacy", "auction", "currencies", "tmax_ms", "is_test", "is_robot")
    class ContextEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_IDS_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_IDS_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    PRIVACY_FIELD_NUMBER: _ClassVar[int]
    AUCTION_FIELD_NUMBER: _ClassVar[int]
    CURRENCIES_FIELD_NUMBER: _ClassVar[int]
    TMAX_MS_FIELD_NUMBER: _ClassVar[int]
    IS_TEST_FIELD_NUMBER: _ClassVar[int]
    IS_ROBOT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    impressions: _containers.RepeatedCompositeFieldContainer[Impression]
    user: User
    context: _containers.MessageMap[str, Value]
    creative_ids: _containers.RepeatedScalarFieldContainer[str]
    campaign_ids: _containers.RepeatedScalarFieldContainer[str]
    blocks: Blocks
    privacy: PrivacySignals
    auction: AuctionKind
    currencies: _containers.RepeatedScalarFieldContainer[str]
    tmax_ms: int
    is_test: bool
    is_robot: bool
    def __init__(self, request_id: _Optional[str] = ..., impressions: _Optional[_Iterable[_Union[Impression, _Mapping]]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., context: _Optional[_Mapping[str, Value]] = ..., creative_ids: _Optional[_Iterable[str]] = ..., campaign_ids: _Optional[_Iterable[str]] = ..., blocks: _Optional[_Union[Blocks, _Mapping]] = ..., privacy: _Optional[_Union[PrivacySignals, _Mapping]] = ..., auction: _Optional[_Union[AuctionKind, str]] = ..., currencies: _Optional[_Iterable[str]] = ..., tmax_ms: _Optional[int] = ..., is_test: _Optional[bool] = ..., is_robot: _Optional[bool] = ...) -> None: ...

class NoticeUrls(_message.Message):
    __slots__ = ("win", "billing", "loss", "impression", "click", "conversion")
    WIN_FIELD_NUMBER: _ClassVar[int]
    BILLING_FIELD_NUMBER: _ClassVar[int]
    LOSS_FIELD_NUMBER: _ClassVar[int]
    IMPRESSION_FIELD_NUMBER: _ClassVar[int]
    CLICK_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_FIELD_NUMBER: _ClassVar[int]
    win: str
    billing: str
    loss: str
    impression: str
    click: str
    conversion: str
    def __init__(self, win: _Optional[str] = ..., billing: _Optional[str] = ..., loss: _Optional[str] = ..., impression: _Optional[str] = ..., click: _Optional[str] = ..., conversion: _Optional[str] = ...) -> None: ...

class Bid(_message.Message):
    __slots__ = ("decision_id", "price_micros", "currency", "campaign_id", "creative_id", "deal_id", "propensity", "p_ctr", "p_cvr", "expires_s", "urls", "experiments")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICROS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_ID_FIELD_NUMBER: _ClassVar[int]
    DEAL_ID_FIELD_NUMBER: _ClassVar[int]
    PROPENSITY_FIELD_NUMBER: _ClassVar[int]
    P_CTR_FIELD_NUMBER: _ClassVar[int]
    P_CVR_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_S_FIELD_NUMBER: _ClassVar[int]
    URLS_FIELD_NUMBER: _ClassVar[int]
    EXPERIMENTS_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    price_micros: int
    currency: str
    campaign_id: str
    creative_id: str
    deal_id: str
    propensity: float
    p_ctr: float
    p_cvr: float
    expires_s: int
    urls: NoticeUrls
    experiments: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, decision_id: _Optional[str] = ..., price_micros: _Optional[int] = ..., currency: _Optional[str] = ..., campaign_id: _Optional[str] = ..., creative_id: _Optional[str] = ..., deal_id: _Optional[str] = ..., propensity: _Optional[float] = ..., p_ctr: _Optional[float] = ..., p_cvr: _Optional[float] = ..., expires_s: _Optional[int] = ..., urls: _Optional[_Union[NoticeUrls, _Mapping]] = ..., experiments: _Optional[_Iterable[str]] = ...) -> None: ...

class ImpressionAnswer(_message.Message):
    __slots__ = ("impression_id", "bid", "no_bid")
    IMPRESSION_ID_FIELD_NUMBER: _ClassVar[int]
    BID_FIELD_NUMBER: _ClassVar[int]
    NO_BID_FIELD_NUMBER: _ClassVar[int]
    impression_id: str
    bid: Bid
    no_bid: NoBidReason
    def __init__(self, impression_id: _Optional[str] = ..., bid: _Optional[_Union[Bid, _Mapping]] = ..., no_bid: _Optional[_Union[NoBidReason, str]] = ...) -> None: ...

class BidResponse(_message.Message):
    __slots__ = ("request_id", "impressions", "degraded", "bundle_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    IMPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    impressions: _containers.RepeatedCompositeFieldContainer[ImpressionAnswer]
    degraded: _containers.RepeatedScalarFieldContainer[str]
    bundle_id: str
    def __init__(self, request_id: _Optional[str] = ..., impressions: _Optional[_Iterable[_Union[ImpressionAnswer, _Mapping]]] = ..., degraded: _Optional[_Iterable[str]] = ..., bundle_id: _Optional[str] = ...) -> None: ...

class ScoreRequest(_message.Message):
    __slots__ = ("placement", "user", "context", "creative_ids", "tmax_ms", "position", "ts")
    class ContextEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...
    PLACEMENT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_IDS_FIELD_NUMBER: _ClassVar[int]
    TMAX_MS_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    TS_FIELD_NUMBER: _ClassVar[int]
    placement: str
    user: User
    context: _containers.MessageMap[str, Value]
    creative_ids: _containers.RepeatedScalarFieldContainer[str]
    tmax_ms: int
    position: int
    ts: _timestamp_pb2.Timestamp
    def __init__(self, placement: _Optional[str] = ..., user: _Optional[_Union[User, _Mapping]] = ..., context: _Optional[_Mapping[str, Value]] = ..., creative_ids: _Optional[_Iterable[str]] = ..., tmax_ms: _Optional[int] = ..., position: _Optional[int] = ..., ts: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ScoreResponse(_message.Message):
    __slots__ = ("p_ctr", "p_cvr", "bundle_id", "degraded")
    P_CTR_FIELD_NUMBER: _ClassVar[int]
    P_CVR_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_ID_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_FIELD_NUMBER: _ClassVar[int]
    p_ctr: _containers.RepeatedScalarFieldContainer[float]
    p_cvr: _containers.RepeatedScalarFieldContainer[float]
    bundle_id: str
    degraded: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, p_ctr: _Optional[_Iterable[float]] = ..., p_cvr: _Optional[_Iterable[float]] = ..., bundle_id: _Optional[str] = ..., degraded: _Optional[_Iterable[str]] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("kind", "decision_id", "event_id", "ts", "value_micros", "conversion_kind", "price_micros", "min_to_win_micros", "loss_reason", "user_key", "advertiser_id", "campaign_id", "creative_id")
    KIND_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TS_FIELD_NUMBER: _ClassVar[int]
    VALUE_MICROS_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_KIND_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICROS_FIELD_NUMBER: _ClassVar[int]
    MIN_TO_WIN_MICROS_FIELD_NUMBER: _ClassVar[int]
    LOSS_REASON_FIELD_NUMBER: _ClassVar[int]
    USER_KEY_FIELD_NUMBER: _ClassVar[int]
    ADVERTISER_ID_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    CREATIVE_ID_FIELD_NUMBER: _ClassVar[int]
    kind: EventKind
    decision_id: str
    event_id: str
    ts: _timestamp_pb2.Timestamp
    value_micros: int
    conversion_kind: str
    price_micros: int
    min_to_win_micros: int
    loss_reason: int
    user_key: str
    advertiser_id: str
    campaign_id: str
    creative_id: str
    def __init__(self, kind: _Optional[_Union[EventKind, str]] = ..., decision_id: _Optional[str] = ..., event_id: _Optional[str] = ..., ts: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., value_micros: _Optional[int] = ..., conversion_kind: _Optional[str] = ..., price_micros: _Optional[int] = ..., min_to_win_micros: _Optional[int] = ..., loss_reason: _Optional[int] = ..., user_key: _Optional[str] = ..., advertiser_id: _Optional[str] = ..., campaign_id: _Optional[str] = ..., creative_id: _Optional[str] = ...) -> None: ...

class RecordRequest(_message.Message):
    __slots__ = ("events", "tmax_ms")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    TMAX_MS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[Event]
    tmax_ms: int
    def __init__(self, events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ..., tmax_ms: _Optional[int] = ...) -> None: ...

class RecordResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedScalarFieldContainer[Outcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[Outcome, str]]] = ...) -> None: ...

class HealthRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class HealthResponse(_message.Message):
    __slots__ = ("status", "bundle_id", "snapshot_id", "creatives", "redis", "statistics_age_s", "version")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_ID_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    CREATIVES_FIELD_NUMBER: _ClassVar[int]
    REDIS_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_AGE_S_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    status: str
    bundle_id: str
    snapshot_id: str
    creatives: int
    redis: bool
    statistics_age_s: float
    version: str
    def __init__(self, status: _Optional[str] = ..., bundle_id: _Optional[str] = ..., snapshot_id: _Optional[str] = ..., creatives: _Optional[int] = ..., redis: _Optional[bool] = ..., statistics_age_s: _Optional[float] = ..., version: _Optional[str] = ...) -> None: ...

class Problem(_message.Message):
    __slots__ = ("what", "where", "hint")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    what: str
    where: str
    hint: str
    def __init__(self, what: _Optional[str] = ..., where: _Optional[str] = ..., hint: _Optional[str] = ...) -> None: ...
