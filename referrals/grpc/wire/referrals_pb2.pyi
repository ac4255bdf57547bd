from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class GetReferralStatusRequest(_message.Message):
    __slots__ = ("referral_id", "merchant_id")
    REFERRAL_ID_FIELD_NUMBER: _ClassVar[int]
    MERCHANT_ID_FIELD_NUMBER: _ClassVar[int]
    referral_id: str
    merchant_id: str
    def __init__(self, referral_id: _Optional[str] = ..., merchant_id: _Optional[str] = ...) -> None: ...

class GetReferralStatusResponse(_message.Message):
    __slots__ = ("status",)
    STATUS_FIELD_NUMBER: _ClassVar[int]
    status: str
    def __init__(self, status: _Optional[str] = ...) -> None: ...
