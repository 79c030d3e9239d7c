"""Event destinations of a configuration set, refused for what SES refuses, whether they come from the API or from CloudFormation.

MiniStack records any destination, and drops one of an unknown set in silence. SES tries a destination out when it is created or changed: the topic,
the key, the role and the stream have to let it in at that moment, so a permission which comes later is too late. The decision is left to MiniStack's
own policy evaluator, asked as ses.amazonaws.com on behalf of the set.
"""

import json
import re

from ministack.core.responses import get_account_id, get_region
from ministack.services import firehose, kms, sns
from ministack.services import iam as roles
from ministack.services import ses_v2 as v2
from ministack.services.cloudformation import provisioners

from .admission import role_may, service_may
from .refusal import refused

SES = "ses.amazonaws.com"
MAX_DESTINATIONS = 10
MAX_DIMENSIONS = 10
AUTO_TAGS = {f"ses:{tag}" for tag in (
    "caller-identity", "configuration-set", "from-domain", "outgoing-ip", "source-ip", "source-tls-version", "operation")}
FORBIDDEN_HEADERS = {"received", "to", "from", "dkim-signature", "cc", "message-id", "return-path"}
DIMENSION_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
# the guide also has @ and ., the resource type's schema has not
DIMENSION_VALUE = re.compile(r"[A-Za-z0-9_-]{1,256}")
HANDLER_CODES = {"AlreadyExistsException": "AlreadyExists", "NotFoundException": "NotFound", "LimitExceededException": "ServiceLimitExceeded"}


def put(set_name, name, definition, *, create):
    record = v2._config_sets.get(set_name)
    if record is not None and isinstance(definition, dict):
        if create and len(record.get("EventDestinations") or {}) >= MAX_DESTINATIONS:
            return v2._json_err("LimitExceededException", f"Configuration set <{set_name}> has {MAX_DESTINATIONS} event destinations already.")
        reason = next(faults(set_name, definition), None)
        if reason:
            return v2._json_err("BadRequestException", reason)
    return _put(set_name, name, definition, create=create)


def put_declared(set_name, name, props, *, create):
    definition = provisioners._ses_event_destination_definition(props.get("EventDestination") or {})
    error = v2._put_event_destination(set_name, name, definition, create=create)
    if error:
        answer = json.loads(error[2])
        raise refused(HANDLER_CODES.get(answer["name"], "InvalidRequest"), answer["message"])


def faults(set_name, definition):
    if definition.get("SnsDestination"):
        yield from topic_faults(set_name, definition["SnsDestination"].get("TopicArn") or "")
    if definition.get("KinesisFirehoseDestination"):
        target = definition["KinesisFirehoseDestination"]
        yield from stream_faults(set_name, target.get("DeliveryStreamArn") or "", target.get("IamRoleArn") or "")
    if definition.get("EventBridgeDestination"):
        bus = definition["EventBridgeDestination"].get("EventBusArn")
        if bus != f"arn:aws:events:{get_region()}:{get_account_id()}:event-bus/default":
            yield f"InvalidEventBridgeDestination: <{bus}> is not the default event bus of this account and Region."
    if definition.get("CloudWatchDestination"):
        yield from dimension_faults(definition["CloudWatchDestination"].get("DimensionConfigurations") or [])


def topic_faults(set_name, arn):
    said = f"InvalidSNSDestination: Could not publish notification to topic <{arn}>"
    topic = sns._topics.get(arn)
    if topic is None:
        yield f"{said}: it does not exist."
        return
    if arn.endswith(".fifo"):
        yield f"{said}: it is a FIFO topic."
    if not lets_in(topic["attributes"].get("Policy"), set_name, "sns:Publish", arn):
        yield f"{said}: its policy does not let {SES} publish for configuration set <{set_name}>."
    key_id = topic["attributes"].get("KmsMasterKeyId")
    if not key_id:
        return
    key = None if "alias/aws/" in key_id else kms._resolve_key(key_id)
    if key is None or key["KeyState"] != "Enabled":
        yield f"{said}: {SES} cannot use its key <{key_id}>."
    elif not all(lets_in(key.get("Policy"), set_name, action, key["Arn"]) for action in ("kms:GenerateDataKey", "kms:Decrypt")):
        yield f"{said}: the policy of its key does not let {SES} use the key for configuration set <{set_name}>."


def stream_faults(set_name, stream_arn, role_arn):
    role = next((role for role in roles._roles.values() if role["Arn"] == role_arn), None)
    if role is None or not lets_in(role["AssumeRolePolicyDocument"], set_name, "sts:AssumeRole", role_arn):
        yield f"InvalidFirehoseDestination: Could not assume IAM role <{role_arn}> for configuration set <{set_name}>."
        return
    if not any(stream["arn"] == stream_arn for stream in firehose._streams.values()):
        yield f"InvalidFirehoseDestination: Could not find delivery stream <{stream_arn}>."
    elif not role_may(role_arn, "firehose:PutRecordBatch", stream_arn):
        yield f"InvalidFirehoseDestination: IAM role <{role_arn}> may not put records to <{stream_arn}>."


def dimension_faults(dimensions):
    said = "InvalidCloudWatchDestination:"
    if not 1 <= len(dimensions) <= MAX_DIMENSIONS:
        yield f"{said} {len(dimensions)} dimensions, where 1 to {MAX_DIMENSIONS} are allowed."
    names = [dimension.get("DimensionName", "") for dimension in dimensions]
    for dimension, name in zip(dimensions, names):
        source, value = dimension.get("DimensionValueSource"), dimension.get("DefaultDimensionValue", "")
        if not DIMENSION_NAME.fullmatch(name) and not (source == "MESSAGE_TAG" and name in AUTO_TAGS):
            yield f"{said} the dimension name <{name}> is not allowed."
        if source == "EMAIL_HEADER" and name.lower() in FORBIDDEN_HEADERS:
            yield f"{said} the header <{name}> cannot be a dimension."
        if not DIMENSION_VALUE.fullmatch(value):
            yield f"{said} the default value <{value}> of dimension <{name}> is not allowed."
        if names.count(name) > 1:
            yield f"{said} the dimension <{name}> is given twice."


def lets_in(policy, set_name, action, resource):
    """Whether a resource policy, or the trust policy of a role, lets SES act for a set: its conditions see whose account and which set."""
    return service_may(SES, policy, action, resource, v2._resource_arn("configuration-set", set_name))


def install():
    global _put
    _put = v2._put_event_destination
    v2._put_event_destination = put
    provisioners._ses_event_destination_put = put_declared
