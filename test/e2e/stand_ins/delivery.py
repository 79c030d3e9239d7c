"""What one service hands to another, refused unless the other lets it in at that moment.

MiniStack hands over without asking, and calls a function once. Lambda takes what SNS and EventBridge have for it, tries twice more when the function fails,
and then puts it into the function's dead-letter queue, if the function's role may.
"""

import contextvars
import hashlib
import json
import logging
import time

from ministack.core.responses import new_uuid
from ministack.services import eventbridge, lambda_svc, sns, sqs
from ministack.services.cloudformation import provisioners

from .admission import role_may, service_may
from .refusal import refused

READ = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_rule = contextvars.ContextVar("rule")
logger = logging.getLogger("stand-ins")


def sns_to_function(endpoint, envelope, topic_arn, sub_arn, msg_id, raw_message, attributes):
    call("sns.amazonaws.com", endpoint, topic_arn, {"Records": [
        {"EventVersion": "1.0", "EventSubscriptionArn": sub_arn, "EventSource": "aws:sns", "Sns": json.loads(envelope)},
    ]})


def call(service, function_arn, source_arn, event):
    function, config, _ = lambda_svc._get_func_record_for_ref(function_arn)
    if not function or not service_may(service, function["policy"], "lambda:InvokeFunction", function_arn, source_arn):
        logger.warning("%s may not call %s for %s", service, function_arn, source_arn)
    else:
        lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), event)


def event_to_target(target, event, rule, view=None):
    arn = target.get("Arn", "")
    if ":sqs:" in arn:
        queue = sqs._queue_by_arn(arn)
        if not queue or not service_may("events.amazonaws.com", queue["attributes"].get("Policy"), "sqs:SendMessage", arn, rule["Arn"]):
            logger.warning("the rule %s may not send to %s", rule["Arn"], arn)
            return
    _rule.set(rule["Arn"])
    _event_to_target(target, event, rule, view)


def event_to_function(arn, payload):
    call("events.amazonaws.com", arn, _rule.get(), json.loads(payload))


def give_up(target_arn, function_name, event, result):
    """An event that failed three times goes as it is into the dead-letter queue of the function."""
    config = lambda_svc._functions[function_name]["config"]
    queue = sqs._queue_by_arn(target_arn)
    if queue is None or (config.get("DeadLetterConfig") or {}).get("TargetArn") != target_arn:
        _give_up(target_arn, function_name, event, result)
    elif not role_may(config["Role"], "sqs:SendMessage", target_arn):
        logger.warning("%s may not send to %s, so an event is lost", config["Role"], target_arn)
    else:
        error = {"DataType": "String", "StringValue": str(result["body"].get("errorMessage"))}
        body, now = json.dumps(event), time.time()
        message = {"id": new_uuid(), "body": body, "sent_at": now, "visible_at": now, "message_attributes": {"ErrorMessage": error}}
        sqs._ensure_msg_fields(message)
        queue["messages"].append({**message, "md5_body": hashlib.md5(body.encode()).hexdigest(), "md5_attrs": sqs._md5_msg_attrs({"ErrorMessage": error})})


def create_function(logical_id, props, stack_name):
    """MiniStack forgets the dead-letter queue of a function that a template makes. Lambda asks whether the role may send to it."""
    dead_letters = (props.get("DeadLetterConfig") or {}).get("TargetArn")
    if dead_letters and not role_may(props["Role"], "sqs:SendMessage", dead_letters):
        raise refused("InvalidRequest", "The provided execution role does not have permissions to call SendMessage on SQS (Service: Lambda, Status Code: 400)")
    name, attributes = _create_function(logical_id, props, stack_name)
    if dead_letters:
        lambda_svc._functions[name]["config"]["DeadLetterConfig"] = {"TargetArn": dead_letters}
    return name, attributes


def read_queue(logical_id, props, stack_name):
    function = provisioners._lambda_function_for_cfn_ref(props["FunctionName"])[0]
    source = props.get("EventSourceArn", "")
    missing = [action for action in READ if not role_may(function["config"]["Role"], action, source)] if ":sqs:" in source else []
    if missing:
        raise refused("InvalidRequest", "The provided execution role does not have permissions to call "
                                        f"{missing[0].split(':')[1]} on SQS (Service: Lambda, Status Code: 400)")
    return _read_queue(logical_id, props, stack_name)


def install():
    global _event_to_target, _give_up, _read_queue, _create_function
    _event_to_target, _give_up = eventbridge._invoke_target, lambda_svc._route_async_failure
    _read_queue, _create_function = provisioners._lambda_esm_create, provisioners._lambda_create
    sns._deliver_to_lambda = sns_to_function
    eventbridge._invoke_target, eventbridge._dispatch_to_lambda = event_to_target, event_to_function
    lambda_svc._route_async_failure = give_up
    provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]["create"] = read_queue
    provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]["create"] = create_function
