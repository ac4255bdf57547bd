from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class GetCustomerRFMRequest(_message.Message):
    __slots__ = ("customer_id", "merchant_id")
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    MERCHANT_ID_FIELD_NUMBER: _ClassVar[int]
    customer_id: str
    merchant_id: str
    def __init__(self, customer_id: _Optional[str] = ..., merchant_id: _Optional[str] = ...) -> None: ...

class GetCustomerRFMResponse(_message.Message):
    __slots__ = ("recency_days", "frequency", "monetary", "recency_score", "frequency_score", "monetary_score", "segment", "window_days", "computed_at")
    RECENCY_DAYS_FIELD_NUMBER: _ClassVar[int]
    FREQUENCY_FIELD_NUMBER: _ClassVar[int]
    MONETARY_FIELD_NUMBER: _ClassVar[int]
    RECENCY_SCORE_FIELD_NUMBER: _ClassVar[int]
    FREQUENCY_SCORE_FIELD_NUMBER: _ClassVar[int]
    MONETARY_SCORE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    WINDOW_DAYS_FIELD_NUMBER: _ClassVar[int]
    COMPUTED_AT_FIELD_NUMBER: _ClassVar[int]
    recency_days: int
    frequency: int
    monetary: int
    recency_score: int
    frequency_score: int
    monetary_score: int
    segment: str
    window_days: int
    computed_at: str
    def __init__(self, recency_days: _Optional[int] = ..., frequency: _Optional[int] = ..., monetary: _Optional[int] = ..., recency_score: _Optional[int] = ..., frequency_score: _Optional[int] = ..., monetary_score: _Optional[int] = ..., segment: _Optional[str] = ..., window_days: _Optional[int] = ..., computed_at: _Optional[str] = ...) -> None: ...
