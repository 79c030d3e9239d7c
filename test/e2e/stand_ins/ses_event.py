"""What SES publishes to topics: the test run says what happened to mail, in records as SES writes them.

A record goes to each topic that the configuration set has as a destination for its type, if the topic still lets SES in.
"""

import json
import logging

from ministack.core.responses import new_uuid
from ministack.services import ses_v2 as v2
from ministack.services import sns

from . import event_destination
from .control import door

SUBJECT = "Amazon SES Email Event Notification"
logger = logging.getLogger("stand-ins")


@door("mail")
async def publish(configuration_set, records):
    published = 0
    for record in records:
        kind = {"Rendering Failure": "RENDERING_FAILURE", "DeliveryDelay": "DELIVERY_DELAY"}.get(record["eventType"], record["eventType"].upper())
        for arn in topics(configuration_set, kind):
            faults = list(event_destination.topic_faults(configuration_set, arn))
            for fault in faults:
                logger.warning(fault)
            if not faults:
                sns._fanout(arn, new_uuid(), json.dumps(record) + "\n", SUBJECT)
                published += 1
    return {"published": published}


def topics(configuration_set, kind):
    for destination in (v2._config_sets[configuration_set].get("EventDestinations") or {}).values():
        if destination.get("Enabled") and kind in destination["MatchingEventTypes"] and destination.get("SnsDestination"):
            yield destination["SnsDestination"]["TopicArn"]
