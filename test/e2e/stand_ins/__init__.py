"""What MiniStack lacks, or grants more easily than AWS does. Each module says what it adds and what it refuses."""

from . import (
    account_settings, bucket, canary, clock, configuration_set, control, custom_resource, dedicated_ip, dedicated_ip_pool, delivery,
    email_identity, event_destination, iam_batches, iam_conditions, import_job, metric_alarm, notification, query_operation, receipt_filter,
    receipt_rule, record_set_group, rotation_schedule, route53_changes, secret, sending_access, ses_operation, topic,
)
# these say by themselves what they answer
from . import bounce, dkim_signing, identity_policy, sending, ses_event, suppression  # noqa: F401


def install():
    for stand_in in (
        control, canary, clock, route53_changes, record_set_group, email_identity, topic, dedicated_ip_pool, configuration_set, event_destination, ses_operation,
        metric_alarm, delivery, custom_resource, iam_conditions, query_operation, bucket, receipt_rule, receipt_filter,
        sending_access, iam_batches, secret, rotation_schedule, account_settings, dedicated_ip, notification, import_job,
    ):
        stand_in.install()
