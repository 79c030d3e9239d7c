"""AWS::SES::ConfigurationSet as SES and CloudFormation have it.

MiniStack writes a set over one that exists, takes any sending pool and any tracking domain, and puts every option again with each update, also
those that the template never named: a set which somebody has paused would send again. Here an update touches what the template has or had.
"""

import re

from ministack.services import ses_v2 as v2
from ministack.services.cloudformation import provisioners

from . import dedicated_ip_pool, email_identity
from .refusal import refused

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
TLS_POLICIES = ("REQUIRE", "OPTIONAL")
DELIVERY_SECONDS = range(300, 50401)


def create(logical_id, props, stack_name):
    name = props.get("Name")
    if name is not None and not NAME.fullmatch(name):
        raise refused("InvalidRequest", f"Invalid configuration set name <{name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.")
    if name in v2._config_sets:
        raise refused("AlreadyExists", f"Configuration set <{name}> already exists.")
    check(props)
    return _create(logical_id, props, stack_name)


def update(physical_id, old_props, new_props, stack_name):
    record = v2._config_sets.get(physical_id)
    if record is None:
        raise refused("NotFound", f"Configuration set <{physical_id}> does not exist.")
    check(new_props)
    members = provisioners._ses_configuration_set_members(new_props)
    for option in v2._CONFIG_SET_OPTIONS.values():
        if option in old_props or option in new_props:
            v2._put_config_set_option(record, option, members.get(option) or v2._CONFIG_SET_DEFAULTS.get(option, {}))
    record["Tags"] = members["Tags"]
    v2._ses_tags[v2._resource_arn("configuration-set", physical_id)] = list(members["Tags"])
    return physical_id, {}


def check(props):
    delivery = props.get("DeliveryOptions") or {}
    pool, seconds = delivery.get("SendingPoolName"), delivery.get("MaxDeliverySeconds")
    if pool and pool not in dedicated_ip_pool.OF_SES and pool not in v2._dedicated_ip_pools:
        raise refused("NotFound", f"SendingPool <{pool}> doesn't exist.")
    if delivery.get("TlsPolicy", "OPTIONAL") not in TLS_POLICIES:
        raise refused("InvalidRequest", f"TlsPolicy must be one of {', '.join(TLS_POLICIES)}.")
    if seconds is not None and int(seconds) not in DELIVERY_SECONDS:
        raise refused("InvalidRequest", "MaxDeliverySeconds must be 300 to 50400.")
    domain = (props.get("TrackingOptions") or {}).get("CustomRedirectDomain")
    if domain and not any(verified(name) for name in with_parents(domain)):
        raise refused("InvalidRequest", f"InvalidTrackingOptions: the custom redirect domain <{domain}> is not verified.")


def with_parents(domain):
    labels = domain.lower().split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


def verified(identity):
    email_identity.verify(identity)
    return (v2._identities.get(identity) or {}).get("VerifiedForSendingStatus", False)


def install():
    global _create
    handler = provisioners._RESOURCE_HANDLERS["AWS::SES::ConfigurationSet"]
    _create = handler["create"]
    handler.update(create=create, update=update)
