"""With which key SES signs for a domain, told by the API: MiniStack knows only what the template has.

SES signs with a key from the moment when it is told; whether that can be verified is what the zones say (email_identity.py).
"""

from ministack.services import ses_v2 as v2

from . import email_identity
from .ses_operation import operation, Refused

OWN, OF_SES = "EXTERNAL", "AWS_SES"


@operation("PutEmailIdentityDkimSigningAttributes")
async def put_key(given, otherwise):
    record, origin = domain(given), given["SigningAttributesOrigin"]
    signing = given.get("SigningAttributes") or {}
    if origin not in (OWN, OF_SES):
        raise Refused("BadRequestException", "Keys that are replicated from another Region are not played here.")
    if (origin == OWN) != ("DomainSigningSelector" in signing):
        raise Refused("BadRequestException", f"DomainSigningSelector and DomainSigningPrivateKey are for {OWN}, and needed there.")
    try:
        changed = email_identity.dkim(given["EmailIdentity"], True, {"DkimSigningAttributes": signing, "DkimAttributes": record["DkimAttributes"]})
    except ValueError as error:
        raise Refused("BadRequestException", str(error)) from error
    record["DkimAttributes"] = changed
    return {"DkimStatus": changed["Status"], "DkimTokens": changed["Tokens"]}


@operation("PutEmailIdentityDkimAttributes")
async def put_signing(given, otherwise):
    domain(given)["DkimAttributes"]["SigningEnabled"] = given.get("SigningEnabled", False)
    return {}


def domain(given):
    record = v2._identities.get(given["EmailIdentity"])
    if record is None:
        raise Refused("NotFoundException", f"Email identity {given['EmailIdentity']} does not exist.", 404)
    if record["IdentityType"] != "DOMAIN":
        raise Refused("BadRequestException", f"{given['EmailIdentity']} is an address, which is signed for with the key of its domain.")
    return record
