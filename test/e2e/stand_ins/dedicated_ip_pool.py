"""AWS::SES::DedicatedIpPool, which MiniStack does not provision.

The pools are those of its API (GetDedicatedIpPool). Standard and managed pools share one name space, two names are SES's own, and a managed pool
never becomes a standard one again.
"""

import re

from ministack.services import ses_v2 as v2
from ministack.services.cloudformation import provisioners

from .dedicated_ip import has_addresses, not_empty
from .refusal import refused

NAME = re.compile(r"[a-z0-9_-]{1,64}")
OF_SES = ("ses-shared-pool", "ses-default-dedicated-pool")
MODES = ("STANDARD", "MANAGED")


def create(logical_id, props, stack_name):
    name = props.get("PoolName") or provisioners._physical_name(stack_name, logical_id, lowercase=True, max_len=64)
    mode = mode_of(props)
    if not NAME.fullmatch(name) or name in OF_SES:
        raise refused("InvalidRequest", f"Invalid dedicated IP pool name <{name}>.")
    if name in v2._dedicated_ip_pools:
        raise refused("AlreadyExists", f"Resource of type 'AWS::SES::DedicatedIpPool' with identifier '{name}' already exists.")
    v2._dedicated_ip_pools[name] = {"PoolName": name, "ScalingMode": mode}
    tag(name, props)
    return name, {}


def update(physical_id, old_props, new_props, stack_name, logical_id=None):
    replaced = provisioners._rename_replacement(
        physical_id, old_props, new_props, stack_name, logical_id, new_props.get("PoolName") or physical_id,
        physical_id if physical_id in v2._dedicated_ip_pools else None, create, delete)
    if replaced is not None:
        return replaced
    pool, mode = v2._dedicated_ip_pools[physical_id], mode_of(new_props)
    if (pool["ScalingMode"], mode) == ("MANAGED", "STANDARD"):
        raise refused("InvalidRequest", f"Pool <{physical_id}> is MANAGED and cannot be converted to STANDARD.")
    v2._dedicated_ip_pools[physical_id] = {**pool, "ScalingMode": mode}
    tag(physical_id, new_props)
    return physical_id, {}


def delete(physical_id, props):
    if has_addresses(physical_id):
        raise refused("InvalidRequest", not_empty(physical_id))
    v2._dedicated_ip_pools.pop(physical_id, None)
    v2._ses_tags.pop(v2._resource_arn("dedicated-ip-pool", physical_id), None)


def mode_of(props):
    mode = props.get("ScalingMode", "STANDARD")
    if mode not in MODES:
        raise refused("InvalidRequest", f"ScalingMode must be one of {', '.join(MODES)}.")
    return mode


def tag(name, props):
    tags = provisioners._tag_map(props.get("Tags"))
    v2._ses_tags[v2._resource_arn("dedicated-ip-pool", name)] = [{"Key": key, "Value": value} for key, value in tags.items()]


def install():
    provisioners._RESOURCE_HANDLERS["AWS::SES::DedicatedIpPool"] = {
        "create": create, "update": update, "update_with_logical_id": True, "delete": delete,
    }
