"""Route 53 change batches: all or nothing, and refused for what Route 53 refuses.

MiniStack writes whatever it is handed. Here each batch is checked first, whether it comes from the API (ChangeResourceRecordSets) or from
CloudFormation (record_set_group.py). The wording of a refusal is Route 53's own where it is publicly known.
"""

import re

from ministack.services import route53

MAX_CHANGES = 1000
MAX_VALUES = 400
MAX_TEXT = 4000
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
ESCAPED_OCTET = re.compile(r"\\(?:[0-3][0-7]{2}|.)")


class Refused(ValueError):
    """The batch is not applied; the message is what Route 53 answers."""


def change(zone_id, changes):
    """Applies (action, record set) pairs to a zone, all or nothing."""
    with route53._lock:
        zone = route53._zones.get(zone_id)
        if zone is None:
            raise Refused(f"No hosted zone found with ID: {zone_id}")
        route53._records[zone_id] = changed(zone["name"], list(route53._records.get(zone_id, [])), changes)


def changed(zone_name, current, changes):
    """The zone's record sets after the changes, or Refused with every reason at once."""
    reasons = [f"Number of records limit of {MAX_CHANGES} exceeded."] if len(changes) > MAX_CHANGES else []
    seen = set()
    for action, record in changes:
        record["Name"] = record["Name"].lower()
        key = route53._rs_key(record)
        if (action, key) in seen:
            reasons.append(f"The request contains an invalid set of changes for a resource record set '{record['Type']} {record['Name']}'")
        seen.add((action, key))
        existing = next((r for r in current if route53._rs_key(r) == key), None)
        what = f"resource record set [name='{record['Name']}', type='{record['Type']}']"
        if action == "CREATE" and existing:
            reasons.append(f"Tried to create {what} but it already exists")
        if action == "DELETE" and not existing:
            reasons.append(f"Tried to delete {what} but it was not found")
        if action == "DELETE" and existing and route53._rs_values(existing) != route53._rs_values(record):
            reasons.append(f"Tried to delete {what} but the values provided do not match the current values")
        if action != "DELETE":
            reasons += faults(zone_name, record)
        current = [r for r in current if route53._rs_key(r) != key]
        if action != "DELETE":
            current.append(record)
    reasons += lonely_cnames(zone_name, current)
    if reasons:
        raise Refused(f"[{', '.join(reasons)}]")
    return current


def faults(zone_name, record):
    name, kind = record["Name"], record["Type"]
    if name != zone_name and not name.endswith(f".{zone_name}"):
        yield f"RRSet with DNS name {name} is not permitted in zone {zone_name}"
    if kind == "CNAME" and name == zone_name:
        yield f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone_name}"
    if any(len(label) > 63 for label in name.split(".")) or len(name) > 255:
        yield f"FATAL problem: DomainLabelTooLong (Domain label is too long) encountered with '{name}'"
    values = record.get("ResourceRecords", [])
    if record.get("AliasTarget"):
        return
    if record.get("TTL") is None:
        yield f"Invalid request: Missing field 'TTL' in Change with [Action=CREATE, Name={name}, Type={kind}]"
    if not values:
        yield f"Invalid request: Expected at least one value in Change with [Action=CREATE, Name={name}, Type={kind}]"
    if len(values) > MAX_VALUES:
        yield f"Cannot have more than {MAX_VALUES} records in a RRSet."
    if kind == "CNAME" and len(values) > 1:
        yield f"RRSet of type CNAME with DNS name {name} holds {len(values)} values, a CNAME holds one"
    for value in values:
        if values.count(value) > 1:
            yield f"Duplicate Resource Record: '{value}'"
        problem = problem_of(kind, value)
        if problem:
            yield f"Invalid Resource Record: FATAL problem: {problem} encountered with '{value}'"


def problem_of(kind, value):
    if kind in ("TXT", "SPF"):
        return text_problem(value)
    if kind == "MX":
        fields = value.split()
        if len(fields) != 2:
            return "MissingFields (MX record doesn't have 2 fields)"
        if not fields[0].isdigit() or int(fields[0]) > 65535:
            return "InvalidPriority (MX priority is not a number between 0 and 65535)"
    if kind == "CNAME" and (not value or re.search(r"\s", value)):
        return "DomainLabelEmpty (Domain label is empty)"
    return None


def text_problem(value):
    """A TXT value is quoted strings of at most 255 octets, with white space between them."""
    chunks = QUOTED.findall(value)
    if not chunks or QUOTED.sub("", value).strip():
        return "InvalidCharacterString (Value should be enclosed in quotation marks)"
    octets = [len(ESCAPED_OCTET.sub("x", chunk).encode()) for chunk in chunks]
    if max(octets) > 255 or sum(octets) > MAX_TEXT:
        return "CharacterStringTooLong (Value is too long)"
    if not value.isascii():
        return "InvalidCharacter (Value contains a character outside ASCII, which must be escaped)"
    return None


def lonely_cnames(zone_name, records):
    for name in {r["Name"] for r in records if r["Type"] == "CNAME"}:
        if any(r["Name"] == name and r["Type"] != "CNAME" for r in records):
            yield (f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records "
                   f"with the same DNS name in zone {zone_name}")


def changes_in(body):
    """The (action, record set) pairs of a ChangeResourceRecordSets request."""
    root = route53._parse_body(body)
    batch = None if root is None else route53._find(root, "ChangeBatch")
    listed = None if batch is None else route53._find(batch, "Changes")
    if listed is None:
        return []
    pairs = ((route53._text(el, "Action"), route53._find(el, "ResourceRecordSet")) for el in route53._findall(listed, "Change"))
    return [(action, route53._parse_record_set(record)) for action, record in pairs if record is not None]


def install():
    unchecked = route53._change_resource_record_sets

    def checked(zone_id, body):
        changes = changes_in(body)
        if not changes or any(action not in ("CREATE", "DELETE", "UPSERT") for action, _ in changes):
            return unchecked(zone_id, body)
        try:
            change(zone_id, changes)
        except Refused as refused:
            missing = zone_id not in route53._zones
            return route53._error_response("NoSuchHostedZone" if missing else "InvalidChangeBatch", str(refused), 404 if missing else 400)
        with route53._lock:
            made = route53._new_change()
        return route53._xml_response("ChangeResourceRecordSetsResponse", lambda root: route53._build_change_info_el(root, made))

    route53._change_resource_record_sets = checked
