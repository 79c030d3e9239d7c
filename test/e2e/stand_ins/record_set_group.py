"""AWS::Route53::RecordSetGroup, which MiniStack does not provision.

One change batch per create, update and delete. It owns exactly the record sets it made: it refuses one that exists already, and it does not
delete one whose values somebody else has changed since.
"""

import random
import string

from ministack.services import route53
from ministack.services.cloudformation import provisioners

from .route53_changes import Refused, change


def create(logical_id, props, stack_name):
    change(zone_of(props), [("CREATE", record) for record in records_of(props).values()])
    suffix = "".join(random.choices(string.ascii_uppercase + string.digits, k=12))
    return f"{stack_name}-{logical_id}-{suffix}", {}


def update(physical_id, old_props, new_props, stack_name, logical_id=None):
    zone_id = zone_of(new_props)
    if zone_of(old_props) != zone_id:  # HostedZoneId requires replacement: the new group first, the old one in the clean-up
        created = create(logical_id or physical_id, new_props, stack_name)
        provisioners._delete_predecessor(delete, physical_id, old_props)
        return created
    old, new = records_of(old_props), records_of(new_props)
    changes = [("DELETE", old[key]) for key in old.keys() - new.keys()]
    changes += [("CREATE", new[key]) for key in new.keys() - old.keys()]
    changes += [("UPSERT", new[key]) for key in new.keys() & old.keys() if new[key] != old[key]]
    if changes:
        change(zone_id, changes)
    return physical_id, {}


def delete(physical_id, props):
    zone_id = zone_of(props)
    with route53._lock:
        there = {route53._rs_key(record) for record in route53._records.get(zone_id, [])}
    changes = [("DELETE", record) for key, record in records_of(props).items() if key in there]
    if changes:
        change(zone_id, changes)


def zone_of(props):
    if bool(props.get("HostedZoneId")) == bool(props.get("HostedZoneName")):
        raise Refused("Exactly one of HostedZoneId and HostedZoneName must be specified")
    zone_id = provisioners._r53_resolve_hosted_zone_id(props)
    if zone_id not in route53._zones:
        raise Refused(f"No hosted zone found with ID: {zone_id}")
    return zone_id


def records_of(props):
    records = {}
    for declared in props.get("RecordSets") or []:
        record = provisioners._r53_record_set_build_rs(declared)
        record["Name"] = record["Name"].lower()
        key = route53._rs_key(record)
        if key in records:
            raise Refused(f"[The request contains an invalid set of changes for a resource record set '{record['Type']} {record['Name']}']")
        records[key] = record
    return records


def install():
    provisioners._RESOURCE_HANDLERS["AWS::Route53::RecordSetGroup"] = {
        "create": create, "update": update, "update_with_logical_id": True, "delete": delete,
    }
