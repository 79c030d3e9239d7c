"""Topics with the key that encrypts them and the policy that they start with.

MiniStack forgets the key, and its first policy admits everybody: AWS's admits the owner's own users and roles, and so no service. Whoever publishes to an
encrypted topic needs its key.
"""

import json

from ministack.core.responses import get_account_id
from ministack.services import kms, sns
from ministack.services.cloudformation import provisioners

from .admission import caller_may


def create(logical_id, props, stack_name):
    arn, attributes = _create(logical_id, props, stack_name)
    topic = sns._topics[arn]["attributes"]
    policy = json.loads(topic["Policy"])
    policy["Statement"][0]["Condition"] = {"StringEquals": {"AWS:SourceOwner": get_account_id()}}
    topic["Policy"] = json.dumps(policy)
    encrypt(arn, props)
    return arn, attributes


def update(physical_id, old_props, new_props, stack_name, logical_id=None):
    arn, attributes = _update(physical_id, old_props, new_props, stack_name, logical_id)
    encrypt(arn, new_props)
    return arn, attributes


def encrypt(arn, props):
    topic = sns._topics[arn]["attributes"]
    topic.pop("KmsMasterKeyId", None)
    if props.get("KmsMasterKeyId"):
        topic["KmsMasterKeyId"] = props["KmsMasterKeyId"]


def with_key(publish):
    def checked(params):
        arn = sns._normalize_arn(sns._p(params, "TopicArn") or sns._p(params, "TargetArn"))
        key_id = (sns._topics.get(arn) or {"attributes": {}})["attributes"].get("KmsMasterKeyId")
        key = kms._resolve_key(key_id) if key_id else None
        for action in ("kms:GenerateDataKey", "kms:Decrypt") if key else ():
            if not caller_may(key.get("Policy"), action, key["Arn"]):
                return sns._error("KMSAccessDenied", f"User is not authorized to perform: {action} on resource: {key['Arn']}", 400)
        return publish(params)

    return checked


def install():
    global _create, _update
    _create, _update = provisioners._sns_create, provisioners._sns_update
    sns._publish, sns._publish_batch = with_key(sns._publish), with_key(sns._publish_batch)
    provisioners._sns_create = create
    provisioners._RESOURCE_HANDLERS["AWS::SNS::Topic"].update(create=create, update=update)
