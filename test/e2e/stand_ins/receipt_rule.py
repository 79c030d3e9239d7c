"""Receipt rule sets and their rules, for the API and for CloudFormation alike: AWS::SES::ReceiptRuleSet and AWS::SES::ReceiptRule.

MiniStack keeps sets and rules, takes any action, and has no resource types for them. Here a rule is tried out (receipt_action.py), stands behind the rule that it
names or before all others, and counts; the active set cannot be deleted, by CloudFormation neither.
"""

import copy
import re

from ministack.services import ses
from ministack.services.cloudformation import provisioners

from .query_operation import checked, operation, Refused
from .receipt_action import try_out

MAX_SETS = 40
MAX_RULES = 200
MAX_ACTIONS = 10
NAME = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9_.-]{0,62}[a-zA-Z0-9])?")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
RECIPIENT = re.compile(rf"(?:[^\s@]+@|\.)?{LABEL}(?:\.{LABEL})*", re.IGNORECASE)


@operation("CreateReceiptRuleSet")
def create_set(given):
    name = named("ruleSetName", given["RuleSetName"])
    if name in ses._receipt_rule_sets:
        raise Refused("AlreadyExists", f"Rule set already exists: {name}")
    if len(ses._receipt_rule_sets) >= MAX_SETS:
        raise Refused("LimitExceeded", "Too many rule sets")
    ses._create_receipt_rule_set({"RuleSetName": [name]})


@operation("CreateReceiptRule")
def create_rule(given):
    rule = completed(given["RuleSetName"], given["Rule"])
    rules = rules_of(given["RuleSetName"])
    if any(other["Name"] == rule["Name"] for other in rules):
        raise Refused("AlreadyExists", f"Rule already exists: {rule['Name']}")
    position = behind(rules, given.get("After"))
    if len(rules) >= MAX_RULES:
        raise Refused("LimitExceeded", "Too many rules")
    tried_out(given["RuleSetName"], rule)
    rules.insert(position, rule)


@operation("UpdateReceiptRule")
def update_rule(given):
    rule = completed(given["RuleSetName"], given["Rule"])
    rules = rules_of(given["RuleSetName"])
    known = index_of(rules, rule["Name"])
    tried_out(given["RuleSetName"], rule)
    rules[known] = rule


@operation("SetReceiptRulePosition")
def move_rule(given):
    rules = rules_of(given["RuleSetName"])
    known = index_of(rules, given["RuleName"])
    if given.get("After") != given["RuleName"]:
        behind(rules, given.get("After"))
        rule = rules.pop(known)
        rules.insert(behind(rules, given.get("After")), rule)


def completed(set_name, rule):
    """A rule as SES keeps it."""
    named("ruleName", rule["Name"])
    named("ruleSetName", set_name)
    actions = [action for action in rule.get("Actions", []) if action]
    if any(len(action) != 1 for action in actions):
        raise Refused("InvalidParameterValue", "Exactly one action type must be specified for each ReceiptAction")
    if len(actions) > MAX_ACTIONS:
        raise Refused("LimitExceeded", "Too many actions")
    if any("StopAction" in action for action in actions[:-1]):
        raise Refused("InvalidParameterValue", "Stop action, if any, must be placed at the end of the actions list")
    wrong = next((recipient for recipient in rule.get("Recipients", []) if not RECIPIENT.fullmatch(recipient)), None)
    if wrong is not None:
        raise Refused("InvalidParameterValue", f"Invalid recipient: {wrong}")
    kept = {"Enabled": False, "ScanEnabled": False, "TlsPolicy": "Optional", **copy.deepcopy(rule), "Actions": copy.deepcopy(actions)}
    if "Recipients" in rule:
        kept["Recipients"] = sorted({recipient.lower() for recipient in rule["Recipients"]})
    return kept


def tried_out(set_name, rule):
    for action in rule["Actions"]:
        try_out(set_name, rule["Name"], action)


def rules_of(set_name):
    named("ruleSetName", set_name)
    if set_name not in ses._receipt_rule_sets:
        raise Refused("RuleSetDoesNotExist", f"Rule set does not exist: {set_name}")
    return ses._receipt_rule_sets[set_name]["Rules"]


def index_of(rules, name):
    found = next((index for index, rule in enumerate(rules) if rule["Name"] == name), None)
    if found is None:
        raise Refused("RuleDoesNotExist", f"Rule does not exist: {name}")
    return found


def behind(rules, after):
    return 0 if after is None else index_of(rules, after) + 1


def named(member, name):
    if not NAME.fullmatch(name):
        raise Refused("InvalidParameterValue", f"Not a valid {member}: {name}")
    return name


def declared(call, name, given):
    """A call on behalf of CloudFormation, whose words are around what SES says."""
    try:
        return call(checked(name, given))
    except Refused as refused:
        raise legacy(refused.code, refused.message) from refused


def legacy(code, message):
    """These resource types are older than the handlers whose words are in refusal.py."""
    return ValueError(f"{message} (Service: AmazonSimpleEmailService; Status Code: 400; Error Code: {code}; "
                      "Request ID: 00000000-0000-0000-0000-000000000000; Proxy: null)")


def make_set(logical_id, props, stack_name):
    name = props.get("RuleSetName") or provisioners._physical_name(stack_name, logical_id, max_len=64)
    declared(create_set, "CreateReceiptRuleSet", {"RuleSetName": name})
    return name, {}


def change_set(physical_id, old_props, new_props, stack_name, logical_id=None):
    known = physical_id if physical_id in ses._receipt_rule_sets else None
    replaced = provisioners._rename_replacement(
        physical_id, old_props, new_props, stack_name, logical_id, new_props.get("RuleSetName") or physical_id, known, make_set, remove_set)
    return replaced or (physical_id, {})


def remove_set(physical_id, props):
    if ses._active_receipt_rule_set.get("name") == physical_id:
        raise legacy("CannotDelete", f"Cannot delete active rule set: {physical_id}")
    ses._receipt_rule_sets.pop(physical_id, None)


def make_rule(logical_id, props, stack_name):
    rule = props.get("Rule") or {}
    name = rule.get("Name") or provisioners._physical_name(stack_name, logical_id, max_len=64)
    declared(create_rule, "CreateReceiptRule", {**placed(props), "Rule": {**rule, "Name": name}})
    return name, {"RuleName": name}


def change_rule(physical_id, old_props, new_props, stack_name, logical_id=None):
    if (old_props["RuleSetName"], old_props["Rule"].get("Name")) != (new_props["RuleSetName"], new_props["Rule"].get("Name")):
        created = make_rule(logical_id or physical_id, new_props, stack_name)
        provisioners._delete_predecessor(remove_rule, physical_id, old_props)
        return created
    declared(update_rule, "UpdateReceiptRule", {"RuleSetName": new_props["RuleSetName"], "Rule": {**new_props["Rule"], "Name": physical_id}})
    if old_props.get("After") != new_props.get("After"):
        declared(move_rule, "SetReceiptRulePosition", {**placed(new_props), "RuleName": physical_id})
    return physical_id, {"RuleName": physical_id}


def remove_rule(physical_id, props):
    kept = ses._receipt_rule_sets.get(props.get("RuleSetName"))
    if kept:
        kept["Rules"][:] = [rule for rule in kept["Rules"] if rule["Name"] != physical_id]


def placed(props):
    return {member: props[member] for member in ("RuleSetName", "After") if props.get(member)}


def install():
    provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptRuleSet"] = {
        "create": make_set, "update": change_set, "update_with_logical_id": True, "delete": remove_set,
    }
    provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptRule"] = {
        "create": make_rule, "update": change_rule, "update_with_logical_id": True, "delete": remove_rule,
    }
