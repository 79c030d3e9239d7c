"""What MiniStack lacks, or grants more easily than AWS does. Each module says what it adds and what it refuses."""

from . import (
    configuration_set, custom_resource, dedicated_ip_pool, email_identity, event_destination, iam_conditions, record_set_group, rotation_schedule,
    route53_changes, secret, topic,
)


def install():
    for stand_in in (
        route53_changes, record_set_group, email_identity, topic, dedicated_ip_pool, configuration_set, event_destination, custom_resource,
        iam_conditions, secret, rotation_schedule,
    ):
        stand_in.install()
