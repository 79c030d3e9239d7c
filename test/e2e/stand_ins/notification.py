"""Topics that SES notifies of an identity, and whether it forwards feedback by mail.

MiniStack takes any topic for any identity and tells of none. Here a topic is tried out when it is set, as SES does: the topic and its key have to let
ses.amazonaws.com in on behalf of the identity. The two versions of the API say the same of forwarding, but only the first insists on topics before it is off.
IAM cannot limit the calls of the first to an identity.
"""

from urllib.parse import parse_qs

from ministack.core import iam_actions
from ministack.services import ses as v1
from ministack.services import ses_v2 as v2

from . import query_operation, ses_operation
from .query_operation import Refused
from .receipt_action import publish

TYPES = ("Bounce", "Complaint", "Delivery")
MAX_IDENTITIES = 100
GET, SET_TOPIC, SET_HEADERS, SET_FORWARDING = (
    "GetIdentityNotificationAttributes", "SetIdentityNotificationTopic", "SetIdentityHeadersInNotificationsEnabled", "SetIdentityFeedbackForwardingEnabled")


@query_operation.operation(GET)
def get(given):
    """A map, which MiniStack cannot write; an identity that does not exist has no entry in it."""
    if len(given["Identities"]) > MAX_IDENTITIES:
        raise Refused("InvalidParameterValue", "Too many identities")
    entries = (v1._receipt_element("entry", {"key": name, "value": attributes(name)}) for name in given["Identities"] if name in v2._identities)
    return v1._xml(200, f"{GET}Response", f"<{GET}Result><NotificationAttributes>{''.join(entries)}</NotificationAttributes></{GET}Result>")


@query_operation.operation(SET_TOPIC)
def set_topic(given):
    topics, topic = of(given)["NotificationTopics"], given.get("SnsTopic", "")
    if topic:
        try_out(topic, given["Identity"])
    topics[given["NotificationType"]] = topic


@query_operation.operation(SET_HEADERS)
def set_headers(given):
    of(given).setdefault("HeadersInNotifications", {})[given["NotificationType"]] = given["Enabled"]


@query_operation.operation(SET_FORWARDING)
def set_forwarding(given):
    topics = of(given)["NotificationTopics"]
    if not given["ForwardingEnabled"] and not (topics["Bounce"] and topics["Complaint"]):
        raise Refused("InvalidParameterValue", f"Identity {given['Identity']} must have topics for bounces and complaints before feedback forwarding is disabled.")
    v2._identities[given["Identity"]]["FeedbackForwardingStatus"] = given["ForwardingEnabled"]


@ses_operation.operation("PutEmailIdentityFeedbackAttributes")
async def put_feedback(given, otherwise):
    record = v2._identities.get(given["EmailIdentity"])
    if record is None:
        raise ses_operation.Refused("NotFoundException", f"Email identity {given['EmailIdentity']} does not exist.", 404)
    record["FeedbackForwardingStatus"] = given.get("EmailForwardingEnabled", False)
    return {}


def of(given):
    if given["Identity"] not in v2._identities:
        raise Refused("InvalidParameterValue", f"Identity {given['Identity']} is invalid. Must be a verified email address or domain.")
    return kept_of(given["Identity"])


def kept_of(name):
    """The first version knows an identity that the second has made."""
    return v1._identities.setdefault(name, v1._make_identity(name, "EmailAddress" if "@" in name else "Domain"))


def attributes(name):
    kept = kept_of(name)
    topics = {f"{kind}Topic": kept["NotificationTopics"][kind] for kind in TYPES if kept["NotificationTopics"][kind]}
    headers = {f"HeadersIn{kind}NotificationsEnabled": kept.get("HeadersInNotifications", {}).get(kind, False) for kind in TYPES}
    return {**topics, **headers, "ForwardingEnabled": v2._identities[name].get("FeedbackForwardingStatus", True)}


def try_out(topic, identity):
    try:
        publish(topic, v2._resource_arn("identity", identity))
    except Refused as error:
        raise Refused("InvalidParameterValue", f"Could not publish to SNS topic <{topic}>.") from error


def resource_of(service, method, path, headers, body, query, region, account_id):
    if service == "ses" and parse_qs((body or b"").decode(errors="replace")).get("Action", [""])[0] in (GET, SET_TOPIC, SET_HEADERS, SET_FORWARDING):
        return "*"
    return _resource_of(service, method, path, headers, body, query, region, account_id)


def install():
    global _resource_of
    _resource_of, iam_actions.extract_resource_arn = iam_actions.extract_resource_arn, resource_of
