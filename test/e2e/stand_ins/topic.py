"""AWS::SNS::Topic with the key that encrypts it and the policy that it starts with.

MiniStack forgets the key, and its first policy admits everybody: AWS's admits the owner's own users and roles, and so no service.
"""

import json

from ministack.core.responses import get_account_id
from ministack.services import sns
from ministack.services.cloudformation import provisioners


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


def install():
    global _create, _update
    _create, _update = provisioners._sns_create, provisioners._sns_update
    provisioners._sns_create = create
    provisioners._RESOURCE_HANDLERS["AWS::SNS::Topic"].update(create=create, update=update)
