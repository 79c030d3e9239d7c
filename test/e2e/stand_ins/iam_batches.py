"""The IAM actions of batches in SQS: AWS asks whether somebody may do the one thing that the batch does many times, MiniStack about actions that AWS does not have."""

from ministack.core import iam_actions

BATCHES = {f"sqs:{name}Batch": f"sqs:{name}" for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")}


def install():
    action_of = iam_actions.extract_iam_action

    def action(*request):
        found = action_of(*request)
        return BATCHES.get(found, found)

    iam_actions.extract_iam_action = action
