"""IP filters for receiving, which MiniStack does not have: ListReceiptFilters and AWS::SES::ReceiptFilter.

SES can make and delete a filter and not change one, so every change is a replacement, and one that keeps its name collides with itself.
"""

import ipaddress

from ministack.core.responses import AccountRegionScopedDict
from ministack.services.cloudformation import provisioners

from .query_operation import operation, Refused
from .receipt_rule import declared, named

MAX_FILTERS = 100
_filters = AccountRegionScopedDict()


def filters():
    return _filters.setdefault("account", {})


@operation("CreateReceiptFilter")
def create_filter(given):
    kept = given["Filter"]
    name, cidr = named("filterName", kept["Name"]), kept["IpFilter"]["Cidr"]
    try:
        ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise Refused("InvalidParameterValue", f"Invalid CIDR block: {cidr}") from None
    if name in filters():
        raise Refused("AlreadyExists", f"Filter already exists: {name}")
    if len(filters()) >= MAX_FILTERS:
        raise Refused("LimitExceeded", "Too many filters")
    filters()[name] = kept


@operation("ListReceiptFilters")
def list_filters(given):
    return {"Filters": [filters()[name] for name in sorted(filters())]}


def make(logical_id, props, stack_name):
    name = props["Filter"].get("Name") or provisioners._physical_name(stack_name, logical_id, max_len=64)
    declared(create_filter, "CreateReceiptFilter", {"Filter": {**props["Filter"], "Name": name}})
    return name, {}


def change(physical_id, old_props, new_props, stack_name, logical_id=None):
    if old_props.get("Filter") == new_props.get("Filter"):
        return physical_id, {}
    created = make(logical_id or physical_id, new_props, stack_name)
    provisioners._delete_predecessor(remove, physical_id, old_props)
    return created


def remove(physical_id, props):
    filters().pop(physical_id, None)


def install():
    provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptFilter"] = {
        "create": make, "update": change, "update_with_logical_id": True, "delete": remove,
    }
