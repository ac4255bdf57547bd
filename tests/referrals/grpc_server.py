"""The gRPC server as a process, and another system that calls it over the wire."""

import subprocess
import sys
from contextlib import contextmanager

import grpc

from referrals.grpc.wire import auth_pb2, auth_pb2_grpc, core_pb2, core_pb2_grpc, referrals_pb2, referrals_pb2_grpc
from tests.concurrency.processes import PROJECT

PATIENCE_SECONDS = 30


class GrpcCaller:
    """Another system with a key, or without."""

    def __init__(self, channel, token=""):
        self.metadata = [("authorization", f"Bearer {token}")] if token else []
        self.referrals = referrals_pb2_grpc.v1Stub(channel)
        self.auth = auth_pb2_grpc.v1Stub(channel)
        self.core = core_pb2_grpc.v1Stub(channel)

    def begin_status(self, referral, merchant, timeout=PATIENCE_SECONDS):
        """Ask for the status of a referral, and do not wait for the answer."""
        request = referrals_pb2.GetReferralStatusRequest(referral_id=str(referral), merchant_id=merchant)
        return self.referrals.GetReferralStatus.future(request, metadata=self.metadata, timeout=timeout)

    def status(self, referral, merchant, timeout=PATIENCE_SECONDS):
        """The status of a referral; or the code of the refusal."""
        try:
            return self.begin_status(referral, merchant, timeout).result().status
        except grpc.RpcError as error:
            return error.code().name

    def validate(self, merchant):
        """Whether the key acts for a merchant; or the code of the refusal."""
        request = auth_pb2.ValidateMerchantRequest(merchant_id=merchant)
        try:
            return self.auth.ValidateMerchant(request, metadata=self.metadata, timeout=PATIENCE_SECONDS).valid
        except grpc.RpcError as error:
            return error.code().name

    def rfm(self, customer, merchant):
        """How a customer buys; or the code of the refusal."""
        request = core_pb2.GetCustomerRFMRequest(customer_id=customer, merchant_id=merchant)
        try:
            return self.core.GetCustomerRFM(request, metadata=self.metadata, timeout=PATIENCE_SECONDS)
        except grpc.RpcError as error:
            return error.code().name


@contextmanager
def serving(env):
    """The server in an environment: its process, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "config.grpc"],
        cwd=PROJECT,
        env=env | {"GRPC_ADDRESS": "127.0.0.1:0"},
        text=True,
        stderr=subprocess.PIPE,
    )
    try:
        said = ""
        while "gRPC is ready at" not in said:
            said = process.stderr.readline()
            assert said, "it ended before it was ready"
        yield process, said.split()[-1]
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_SECONDS)
