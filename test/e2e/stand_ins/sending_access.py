"""Who may send: SES asks IAM about the identity and about the configuration set of a message, and tells it the addresses.

MiniStack asks about `*` and tells nothing, so a policy for one identity would let nothing through, and one with conditions neither. Raw messages need the permission
for those, too. A bounce is sent on behalf of the identity of its sender.
"""

import json
from email.utils import parseaddr
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_actions
from ministack.services import ses_v2 as v2

from . import iam_conditions
from .configuration_set import with_parents

SEND = "/v2/email/outbound-emails"
BOUNCE = "ses:SendBounce"


def identity_of(address):
    """The most specific identity that covers an address, whether verified or not; the address itself when there is none."""
    names = (address, *with_parents(address.split("@")[-1]))
    return next((name for name in names if name in v2._identities), address)


def resources_of(message):
    identity = identity_of(parseaddr(message.get("FromEmailAddress") or "")[1])
    sets = message.get("ConfigurationSetName") or (v2._identities.get(identity) or {}).get("ConfigurationSetName")
    return [v2._resource_arn("identity", identity), *([v2._resource_arn("configuration-set", sets)] if sets else [])]


def keys_of(message):
    name, address = parseaddr(message.get("FromEmailAddress") or "")
    recipients = [parseaddr(each)[1] for listed in (message.get("Destination") or {}).values() for each in listed]
    keys = {"ses:FromAddress": address, "ses:FromDisplayName": name, "ses:Recipients": recipients, "ses:ApiVersion": "2"}
    feedback = message.get("FeedbackForwardingEmailAddress")
    return {**keys, **({"ses:FeedbackAddress": feedback} if feedback else {})}


def enforce(method, path, headers, body, query, request_id):
    if (method, path.rstrip("/")) != ("POST", SEND):
        return _enforce(method, path, headers, body, query, request_id)
    message = json.loads(body or b"{}")
    actions = ["ses:SendEmail", *(["ses:SendRawEmail"] if "Raw" in (message.get("Content") or {}) else [])]
    denials = (
        app._enforce_data_plane("sesv2", action, headers, query, request_id, resource_arn=arn, service_context=keys_of(message), named_resource=arn)
        for action in actions for arn in resources_of(message))
    return next((denied for denied in denials if denied), None)


def sender_of_bounce(body):
    return parse_qs((body or b"").decode()).get("BounceSender", [""])[0]


def resource_of(service, method, path, headers, body, query, region, account_id):
    if service == "ses" and f"Action={BOUNCE.split(':')[1]}&" in f"{(body or b'').decode(errors='replace')}&":
        return v2._resource_arn("identity", identity_of(sender_of_bounce(body)))
    return _resource_of(service, method, path, headers, body, query, region, account_id)


def install():
    global _enforce, _resource_of
    _enforce, _resource_of = app._enforce_ses_v2, iam_actions.extract_resource_arn
    app._enforce_ses_v2, iam_actions.extract_resource_arn = enforce, resource_of
    iam_conditions.KEYS_OF[BOUNCE] = lambda body: {"ses:FromAddress": sender_of_bounce(body)}
