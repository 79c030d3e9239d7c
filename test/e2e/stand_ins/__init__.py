"""What MiniStack lacks, or grants more easily than AWS does. Each module says what it adds and what it refuses."""

from . import custom_resource, email_identity, record_set_group, route53_changes, iam_conditions


def install():
    for stand_in in (route53_changes, record_set_group, email_identity, custom_resource, iam_conditions):
        stand_in.install()
