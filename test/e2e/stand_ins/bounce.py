"""SendBounce, which MiniStack does not have. SES answers a bounce only for a message that it has received within a day, which the test run says."""

import time

from ministack.core.responses import AccountRegionScopedDict, new_uuid

from .control import door
from .query_operation import operation, Refused
from .receipt_action import check_sender

REMEMBERED_SECONDS = 24 * 3600
_mail = AccountRegionScopedDict()


def kept(what):
    return _mail.setdefault(what, {})


@door("received")
async def received(message_id, seconds_ago=0):
    kept("received")[message_id] = time.time() - seconds_ago
    return {}


@door("bounces")
async def bounces():
    return {"bounces": list(kept("bounces").values())}


@operation("SendBounce")
def send_bounce(given):
    check_sender(given["BounceSender"], "MessageRejected", "Email address is not verified. The following identities failed the check: {}")
    at = kept("received").get(given["OriginalMessageId"])
    if at is None or time.time() - at > REMEMBERED_SECONDS:
        raise Refused("MessageRejected", f"Original message could not be found: {given['OriginalMessageId']}")
    recipients = given["BouncedRecipientInfoList"]
    if not recipients or any(("BounceType" in each) == ("RecipientDsnFields" in each) for each in recipients):
        raise Refused("InvalidParameterValue", "Either a bounce type or recipient DSN fields must be specified for each recipient")
    message_id = new_uuid()
    kept("bounces")[message_id] = given
    return {"MessageId": message_id}
