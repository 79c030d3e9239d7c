"""Whether an account and its configuration sets send, as SES has it.

MiniStack calls every account healthy and sending, and cannot pause one. Here it can be paused and resumed, unless AWS has paused it, which the test run
brings about. What is paused refuses mail. What was sent can be read as it was given to SES.
"""

import json

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import ses_v2 as v2

from .control import door
from .ses_operation import operation, Refused

_accounts = AccountRegionScopedDict()
_sent = AccountRegionScopedDict()


def account():
    return _accounts.setdefault("account", {
        "SendingEnabled": True, "EnforcementStatus": "HEALTHY", "DedicatedIpAutoWarmupEnabled": True,
        "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
    })


@door("account")
async def decided_by_aws(**decision):
    account().update(decision)
    return account()


@operation("GetAccount")
async def get_account(given, otherwise):
    return {**json.loads((await otherwise())[2]), **account()}


@operation("PutAccountSendingAttributes")
async def put_account(given, otherwise):
    sending = given.get("SendingEnabled", False)
    if sending and account()["EnforcementStatus"] == "SHUTDOWN":
        raise Refused("BadRequestException", "Your account has been suspended.")
    account()["SendingEnabled"] = sending
    return {}


@operation("PutConfigurationSetSendingOptions")
async def put_set(given, otherwise):
    return await otherwise()


@operation("SendEmail")
async def send(given, otherwise):
    if account()["EnforcementStatus"] == "SHUTDOWN":
        raise Refused("AccountSuspendedException", "Your account has been suspended.")
    if not account()["SendingEnabled"]:
        raise Refused("SendingPausedException", "Sending is paused for this account.")
    used = v2._config_sets.get(given.get("ConfigurationSetName"))
    if used and not used.get("SendingOptions", {}).get("SendingEnabled", True):
        raise Refused("SendingPausedException", f"Sending is paused for configuration set <{given['ConfigurationSetName']}>.")
    answered = await otherwise()
    if answered[0] == 200:
        _sent.setdefault("mail", []).append(given)
    return answered


@door("sent")
async def sent():
    return {"sent": _sent.setdefault("mail", [])}
