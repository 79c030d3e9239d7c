"""What MiniStack lacks, or grants more easily than AWS does. Each module says what it adds and what it refuses."""

from . import (
    bucket, canary, clock, configuration_set, control, custom_resource, dedicated_ip_pool, delivery, email_identity, event_destination, iam_batches,
    iam_conditions, metric_alarm, query_operation, receipt_filter, receipt_rule, record_set_group, rotation_schedule, route53_changes, secret,
    sending_access, ses_operation, topic,
)
# these say by themselves what they answer
from . import bounce, sending, ses_event, suppression  # noqa: F401


def install():
    for stand_in in (
        control, canary, clock, route53_changes, record_set_group, email_identity, topic, dedicated_ip_pool, configuration_set, event_destination, ses_operation,
        metric_alarm, delivery, custom_resource, iam_conditions, query_operation, bucket, receipt_rule, receipt_filter,
        sending_access, iam_batches, secret, rotation_schedule,
    ):
        stand_in.install()
