"""What an account has one of: reasons for suppression, warm-up of dedicated addresses, Virtual Deliverability Manager, and the way out of the sandbox.

MiniStack takes whatever it is told and forgets it. Here GetAccount tells what was put, and people at AWS answer a request for production access when the test run
says so. AWS::SES::VdmAttributes, which MiniStack lacks, switches on when it is made and off when it is deleted.
"""

from ministack.services.cloudformation import provisioners

from . import api_model
from .refusal import refused
from .sending import account
from .ses_operation import operation, Refused

OFF = {"VdmEnabled": "DISABLED"}


@operation("PutAccountSuppressionAttributes")
async def put_suppression(given, otherwise):
    account()["SuppressionAttributes"] = {"SuppressedReasons": given.get("SuppressedReasons", [])}
    return {}


@operation("PutAccountDedicatedIpWarmupAttributes")
async def put_warmup(given, otherwise):
    account()["DedicatedIpAutoWarmupEnabled"] = given.get("AutoWarmupEnabled", False)
    return {}


@operation("PutAccountVdmAttributes")
async def put_vdm(given, otherwise):
    account()["VdmAttributes"] = given["VdmAttributes"]
    return {}


@operation("PutAccountDetails")
async def put_details(given, otherwise):
    review = account().get("Details", {}).get("ReviewDetails", {})
    if review.get("Status") == "PENDING":
        raise Refused("ConflictException", "There is already an ongoing account details update under review.", 409)
    wanted = given.pop("ProductionAccessEnabled", False)
    asks = wanted and not account().get("ProductionAccessEnabled")
    account()["Details"] = {"ContactLanguage": "EN", **given, "ReviewDetails": {"Status": "PENDING", "CaseId": "1"} if asks else review}
    return {}


def make_vdm(logical_id, props, stack_name):
    put_declared(props)
    return logical_id, {"VdmAttributesResourceId": logical_id}


def change_vdm(physical_id, old_props, new_props, stack_name, logical_id=None):
    put_declared(new_props)
    return physical_id, {"VdmAttributesResourceId": physical_id}


def remove_vdm(physical_id, props):
    account()["VdmAttributes"] = OFF


def put_declared(props):
    attributes = {"VdmEnabled": "ENABLED", **props}
    shape = api_model.service("sesv2").shape_for("VdmAttributes")
    wrong = api_model.summary(api_model.faults(shape, attributes, ""))
    if wrong:
        raise refused("InvalidRequest", wrong)
    account()["VdmAttributes"] = attributes


def install():
    provisioners._RESOURCE_HANDLERS["AWS::SES::VdmAttributes"] = {
        "create": make_vdm, "update": change_vdm, "update_with_logical_id": True, "delete": remove_vdm,
    }
