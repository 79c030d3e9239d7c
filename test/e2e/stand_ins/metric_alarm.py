"""Alarms as CloudWatch has them.

MiniStack knows neither metric math nor missing data, mixes up the dimensions of a metric, forgets when an alarm changed its state, and tells any topic.
Here an alarm of one period is judged by its own metrics whenever one is put, and tells a topic only if the topic, and its key, let CloudWatch in.
"""

import ast
import logging
import operator
import time

from ministack.core.responses import get_account_id
from ministack.services import cloudwatch, kms, sns
from ministack.services.cloudformation import provisioners

from . import api_model
from .admission import service_may

CLOUDWATCH = "cloudwatch.amazonaws.com"
ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
COMPARISONS = {
    "GreaterThanOrEqualToThreshold": operator.ge, "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt, "LessThanOrEqualToThreshold": operator.le,
}
MATH = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.GtE: operator.ge, ast.Gt: operator.gt, ast.LtE: operator.le, ast.Lt: operator.lt,
}
logger = logging.getLogger("stand-ins")


def judge_all():
    for alarm in list(cloudwatch._alarms.values()):
        if alarm.get("EvaluationPeriods", 1) != 1 or alarm["ComparisonOperator"] not in COMPARISONS:
            _judge(alarm)
            continue
        state, reason = judged(alarm)
        if state != alarm["StateValue"]:
            enter(alarm, state, reason)


def judged(alarm):
    """The state that an alarm's metrics give it, and why."""
    value, missing = value_of(alarm), alarm.get("TreatMissingData", "missing")
    if value is None:
        state = {"breaching": "ALARM", "notBreaching": "OK", "ignore": alarm["StateValue"]}.get(missing, "INSUFFICIENT_DATA")
        return state, f"no datapoints were received for 1 period and 1 missing datapoint was treated as [{missing}]."
    breaching = COMPARISONS[alarm["ComparisonOperator"]](value, alarm["Threshold"])
    return "ALARM" if breaching else "OK", \
        f"Threshold Crossed: 1 datapoint [{value}] was{'' if breaching else ' not'} {alarm['ComparisonOperator']} ({alarm['Threshold']})."


def enter(alarm, state, reason):
    before, now = alarm["StateValue"], time.time()
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=now)
    if state == before:
        return
    alarm["StateTransitionedTimestamp"] = now
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def value_of(alarm):
    queries = {query["Id"]: query for query in alarm.get("Metrics") or []}
    if not queries:
        return datapoint(alarm, alarm["Period"], alarm.get("ExtendedStatistic") or alarm.get("Statistic"))

    def of(name):
        query = queries[name]
        if query.get("Expression"):
            return evaluate(ast.parse(query["Expression"], mode="eval").body, of)
        stat = query["MetricStat"]
        return datapoint(stat["Metric"], stat["Period"], stat["Stat"])

    return of(next(name for name, query in queries.items() if query.get("ReturnData", True)))


def datapoint(metric, period, statistic):
    """The last period of a metric, None when it has no data."""
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or []))
    since = time.time() - float(period)
    points = [point for point in cloudwatch._metric_bucket((metric["Namespace"], metric["MetricName"], dimensions)) if point["Timestamp"] > since]
    return cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points) if points else None


def evaluate(node, of):
    """Metric math: IF, FILL, comparisons and arithmetic. What has no data makes no data."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return of(node.id)
    if isinstance(node, ast.Call) and node.func.id == "FILL":
        value, otherwise = (evaluate(argument, of) for argument in node.args)
        return otherwise if value is None else value
    if isinstance(node, ast.Call) and node.func.id == "IF":
        condition = evaluate(node.args[0], of)
        return None if condition is None else evaluate(node.args[1 if condition else 2], of)
    compares = isinstance(node, ast.Compare)
    if not compares and not isinstance(node, ast.BinOp):
        raise NotImplementedError(f"metric math: {ast.unparse(node)}")
    left, right = evaluate(node.left, of), evaluate(node.comparators[0] if compares else node.right, of)
    kind = type(node.ops[0] if compares else node.op)
    if left is None or right is None or (kind is ast.Div and right == 0):
        return None
    return MATH[kind](left, right)


def tell(alarm, before, state, reason):
    actions = alarm.get(ACTIONS[state]) or []
    for arn in (action for action in actions if not lets_in(action, alarm["AlarmArn"])):
        logger.warning("%s cannot tell %s", alarm["AlarmName"], arn)
    _tell({**alarm, ACTIONS[state]: [action for action in actions if lets_in(action, alarm["AlarmArn"])]}, before, state, reason)


def lets_in(topic_arn, alarm_arn):
    topic = sns._topics.get(topic_arn)
    if topic is None:
        return True
    policy, key_id = topic["attributes"].get("Policy"), topic["attributes"].get("KmsMasterKeyId")
    if not service_may(CLOUDWATCH, policy, "sns:Publish", topic_arn, alarm_arn, **{"aws:sourceowner": get_account_id()}):
        return False
    if not key_id:
        return True
    key = None if "alias/aws/" in key_id else kms._resolve_key(key_id)
    return key is not None and key["KeyState"] == "Enabled" and all(
        service_may(CLOUDWATCH, key.get("Policy"), action, key["Arn"], alarm_arn) for action in ("kms:GenerateDataKey", "kms:Decrypt"))


def set_state(params, data, is_cbor, is_json=False):
    shape = api_model.service("cloudwatch").operation_model("SetAlarmState").input_shape
    given = data if is_cbor or is_json else {name: value for name in shape.members if (value := cloudwatch._p(params, name))}
    wrong = api_model.summary(api_model.faults(shape, given, ""))
    alarm = cloudwatch._alarms.get(given.get("AlarmName"))
    if wrong or alarm is None:
        return cloudwatch._error("ValidationError", wrong, 400, use_json=is_json, use_cbor=is_cbor) if wrong else \
            _set_state(params, data, is_cbor, is_json)
    enter(alarm, given["StateValue"], given["StateReason"])
    if is_cbor:
        return cloudwatch._cbor_ok({})
    return cloudwatch._json_ok({}) if is_json else cloudwatch._xml(200, "SetAlarmStateResponse", "")


def declared(name, props):
    """An alarm of a template, which may have metric math. An update keeps when it changed its state."""
    metrics = props.get("Metrics")
    alarm = _declared(name, {**props, "Metrics": None, "MetricName": "math", "Namespace": "math"} if metrics else props)
    if metrics:
        for member in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit", "Dimensions"):
            alarm.pop(member)
        alarm["Metrics"] = metrics
    transitioned = (cloudwatch._alarms.get(name) or {}).get("StateTransitionedTimestamp")
    return {**alarm, "StateTransitionedTimestamp": transitioned} if transitioned else alarm


def install():
    global _judge, _tell, _set_state, _declared
    _judge, _tell, _set_state = cloudwatch._evaluate_alarm, cloudwatch._dispatch_alarm_actions, cloudwatch._set_alarm_state
    _declared = provisioners._cw_metric_alarm_record
    # an alarm that is made or changed has no new state for that; it is judged when a metric is put
    cloudwatch._evaluate_alarm, cloudwatch._evaluate_all_alarms = lambda alarm: None, judge_all
    cloudwatch._dispatch_alarm_actions, cloudwatch._set_alarm_state = tell, set_state
    provisioners._cw_metric_alarm_record = declared
