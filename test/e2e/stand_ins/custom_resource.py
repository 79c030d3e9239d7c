"""Custom resources as CloudFormation treats them.

MiniStack forgets a custom resource whose Create failed. CloudFormation sends it a Delete with the physical id of the failed answer, which is
where a careless handler removes something that was never its own. It also refuses an answer above 4096 bytes or without a physical id, and
puts its own words before the reason.
"""

import json

from ministack.services.cloudformation import custom_resource, provisioners

MAX_ANSWER = 4096
_failed = {}


def deliver(token, answer):
    if len(json.dumps(answer, separators=(",", ":"))) > MAX_ANSWER:
        answer = {**answer, "Status": "FAILED", "Reason": "Response object is too long."}
    if not answer.get("PhysicalResourceId"):
        answer = {**answer, "Status": "FAILED", "Reason": "Invalid PhysicalResourceId"}
    elif answer.get("Status") == "FAILED":
        _failed[answer.get("StackId"), answer.get("LogicalResourceId")] = answer["PhysicalResourceId"]
    if answer.get("Status") == "FAILED":
        answer = {**answer, "Reason": "Received response status [FAILED] from custom resource. "
                                      f"Message returned: {answer.get('Reason')} (RequestId: {answer.get('RequestId')})"}
    return _deliver(token, answer)


def create(logical_id, props, stack_name, resource_type="AWS::CloudFormation::CustomResource"):
    key = provisioners._cr_stack_id(stack_name), logical_id
    _failed.pop(key, None)
    try:
        return _create(logical_id, props, stack_name, resource_type)
    except RuntimeError as failure:
        physical_id = _failed.pop(key, None)
        if physical_id and policy_of(stack_name, logical_id) != "Retain":
            try:
                custom_resource.invoke_custom_resource("Delete", logical_id, props, stack_name, key[0], resource_type, physical_id=physical_id)
            except Exception as second:
                raise RuntimeError(f"{failure}; and the Delete that follows a failed Create failed: {second}") from failure
        raise


def policy_of(stack_name, logical_id):
    from ministack.services.cloudformation import _stacks

    template = (_stacks.get(stack_name) or {}).get("_template") or {}
    return (template.get("Resources", {}).get(logical_id) or {}).get("DeletionPolicy")


def install():
    global _deliver, _create
    _deliver, _create = custom_resource.deliver_response, provisioners._custom_resource_create
    custom_resource.deliver_response = deliver
    provisioners._custom_resource_create = create
    provisioners._RESOURCE_HANDLERS["AWS::CloudFormation::CustomResource"]["create"] = create
