"""AWS::SES::EmailIdentity and GetEmailIdentity as SES has them.

MiniStack writes an identity over one that exists, gives it no DKIM attributes, and calls everything verified. Here a second identity of the
same name is refused, DkimDNSTokenName1..3 and DkimDNSTokenValue1..3 can be read, and verification follows what the emulator's hosted zones
really publish: a missing or wrong record leaves the identity, its DKIM or its MAIL FROM domain pending.
"""

import re
from urllib.parse import unquote

from ministack.core.responses import AccountRegionScopedDict, get_region, now_iso
from ministack.services import route53
from ministack.services import ses as v1
from ministack.services import ses_v2 as v2
from ministack.services.cloudformation import provisioners

from .dkim_key import public_key

# The Regions whose DKIM keys live under a name of their own (AWS General Reference); elsewhere it is dkim.amazonses.com.
REGIONS_WITH_A_SIGNING_ZONE = {
    "af-south-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1",
    "eu-central-2", "eu-south-1", "il-central-1", "me-central-1", "us-gov-east-1",
}
SELECTOR = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
KEY_LENGTHS = ("RSA_1024_BIT", "RSA_2048_BIT")
MX_BEHAVIOURS = ("USE_DEFAULT_VALUE", "REJECT_MESSAGE")
# the public halves of keys of one's own, by identity
_own_keys = AccountRegionScopedDict()


def signing_hosted_zone():
    region = get_region()
    return f"dkim.{region}.amazonses.com" if region in REGIONS_WITH_A_SIGNING_ZONE else "dkim.amazonses.com"


def create(logical_id, props, stack_name):
    identity = props.get("EmailIdentity", "")
    if not identity:
        raise ValueError("Model validation failed (#: required key [EmailIdentity] not found)")
    if identity in v2._identities:
        raise ValueError(
            'Resource handler returned message: "Resource of type \'AWS::SES::EmailIdentity\' with identifier '
            f"'{identity}' already exists.\" (RequestToken: 00000000-0000-0000-0000-000000000000, HandlerErrorCode: AlreadyExists)")
    write(identity, props, {})
    return identity, attributes(identity)


def update(physical_id, old_props, new_props, stack_name, logical_id=None):
    replaced = provisioners._rename_replacement(
        physical_id, old_props, new_props, stack_name, logical_id, new_props.get("EmailIdentity", ""),
        physical_id if physical_id in v2._identities else None, create, delete)
    if replaced is not None:
        return replaced
    write(physical_id, new_props, v2._identities[physical_id])
    return physical_id, attributes(physical_id)


def delete(physical_id, props):
    v1._identities.pop(physical_id, None)
    v2._identities.pop(physical_id, None)


def write(identity, props, known):
    """Checks everything first, then writes both SES stores, so that a refused change leaves the identity as it was."""
    domain = "@" not in identity
    record = {
        "EmailIdentity": identity,
        "IdentityType": "DOMAIN" if domain else "EMAIL_ADDRESS",
        "VerificationStatus": known.get("VerificationStatus", "PENDING"),
        "VerifiedForSendingStatus": known.get("VerifiedForSendingStatus", False),
        "DkimAttributes": dkim(identity, domain, props),
        "MailFromAttributes": mail_from(identity, props.get("MailFromAttributes") or {}),
        "Policies": known.get("Policies", {}),
        "FeedbackForwardingStatus": truth((props.get("FeedbackAttributes") or {}).get("EmailForwardingEnabled", True)),
        "Tags": [{"Key": key, "Value": value} for key, value in provisioners._tag_map(props.get("Tags")).items()],
        "CreatedTimestamp": known.get("CreatedTimestamp", now_iso()),
    }
    configuration_set = (props.get("ConfigurationSetAttributes") or {}).get("ConfigurationSetName")
    if configuration_set:
        if configuration_set not in v2._config_sets:
            raise ValueError(f"Configuration set <{configuration_set}> does not exist. (HandlerErrorCode: NotFound)")
        record["ConfigurationSetName"] = configuration_set
    v2._identities[identity] = record
    v2._ses_tags[v2._resource_arn("identity", identity)] = list(record["Tags"])
    if not known:
        v1._identities[identity] = v1._make_identity(identity, "Domain" if domain else "EmailAddress")


def dkim(identity, domain, props):
    signing = props.get("DkimSigningAttributes") or {}
    selector, key = signing.get("DomainSigningSelector"), signing.get("DomainSigningPrivateKey")
    if bool(selector) != bool(key):
        raise ValueError("DomainSigningSelector and DomainSigningPrivateKey must be specified together. (HandlerErrorCode: InvalidRequest)")
    if selector and not SELECTOR.fullmatch(selector):
        raise ValueError("DomainSigningSelector is invalid. (HandlerErrorCode: InvalidRequest)")
    length = signing.get("NextSigningKeyLength", "RSA_2048_BIT")
    if length not in KEY_LENGTHS or (key and "NextSigningKeyLength" in signing):
        raise ValueError("NextSigningKeyLength must be RSA_1024_BIT or RSA_2048_BIT, with Easy DKIM only. (HandlerErrorCode: InvalidRequest)")
    if not domain:
        return {"SigningEnabled": False, "Status": "NOT_STARTED", "Tokens": []}
    if key:
        _own_keys[identity] = public_key(key)
    attributes = {
        "SigningEnabled": truth((props.get("DkimAttributes") or {}).get("SigningEnabled", True)),
        "Status": "PENDING",
        "Tokens": [selector] if selector else v1._dkim_tokens(identity),
        "SigningAttributesOrigin": "EXTERNAL" if selector else "AWS_SES",
    }
    if not selector:
        attributes |= {"SigningHostedZone": signing_hosted_zone(), "NextSigningKeyLength": length, "CurrentSigningKeyLength": length}
    return attributes


def mail_from(identity, declared):
    name = declared.get("MailFromDomain", "")
    behaviour = declared.get("BehaviorOnMxFailure", "USE_DEFAULT_VALUE")
    owner = identity.split("@")[-1]
    if name and not name.lower().endswith(f".{owner.lower()}"):
        raise ValueError(f"Provided MAIL-FROM domain <{name}> is not subdomain of the domain of the identity <{identity}>. "
                         "(HandlerErrorCode: InvalidRequest)")
    if behaviour not in MX_BEHAVIOURS:
        raise ValueError(f"BehaviorOnMxFailure must be one of {', '.join(MX_BEHAVIOURS)}. (HandlerErrorCode: InvalidRequest)")
    return {"BehaviorOnMxFailure": behaviour, **({"MailFromDomain": name, "MailFromDomainStatus": "PENDING"} if name else {})}


def attributes(identity):
    """What Fn::GetAtt reads. With a key of one's own there are no tokens to read."""
    named = {"EmailIdentity": identity}
    signing = v2._identities[identity]["DkimAttributes"]
    if signing.get("SigningAttributesOrigin") == "AWS_SES":
        for number, token in enumerate(signing["Tokens"], 1):
            named[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{identity}"
            named[f"DkimDNSTokenValue{number}"] = f"{token}.{signing['SigningHostedZone']}"
    return named


def truth(value):
    return str(value).lower() == "true"


def published(name, kind):
    """The values that the emulator's zones answer with; the zone nearest to the name answers, as with a delegation."""
    name = f"{name.lower().rstrip('.')}."
    zones = sorted((z for z in route53._zones.values() if name == z["name"] or name.endswith(f".{z['name']}")), key=lambda z: len(z["name"]))
    records = route53._records.get(zones[-1]["id"], []) if zones else []
    return [value.rstrip(".") for r in records if (r["Name"], r["Type"]) == (name, kind) for value in r.get("ResourceRecords", [])]


def tags(value):
    """What a TXT value says, its strings joined."""
    text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', value)).replace("\\", "")
    return dict(part.strip().split("=", 1) for part in text.split(";") if "=" in part)


def verify(identity):
    """Looks the records up, as SES does, and writes down what it found."""
    record = v2._identities.get(identity)
    if record is None or record["IdentityType"] != "DOMAIN" or "SigningAttributesOrigin" not in record["DkimAttributes"]:
        return
    signing, bounce = record["DkimAttributes"], record["MailFromAttributes"]
    if signing["SigningAttributesOrigin"] == "EXTERNAL":
        found = any(_own_keys[identity] == tags(value).get("p") for value in published(f"{signing['Tokens'][0]}._domainkey.{identity}", "TXT"))
    else:
        found = all(published(f"{token}._domainkey.{identity}", "CNAME") == [f"{token}.{signing.get('SigningHostedZone', signing_hosted_zone())}"]
                    for token in signing["Tokens"])
    signing["Status"] = record["VerificationStatus"] = "SUCCESS" if found else "PENDING"
    record["VerifiedForSendingStatus"] = found
    if bounce.get("MailFromDomain"):
        # SES asks for exactly one MX record there
        expected = [f"10 feedback-smtp.{get_region()}.amazonses.com"]
        bounce["MailFromDomainStatus"] = "SUCCESS" if published(bounce["MailFromDomain"], "MX") == expected else "PENDING"


def install():
    provisioners._RESOURCE_HANDLERS["AWS::SES::EmailIdentity"] = {
        "create": create, "update": update, "update_with_logical_id": True, "delete": delete,
    }
    answer = v2.handle_request

    async def answer_verified(method, path, headers, body, query_params):
        asked = re.fullmatch(r"(?:/v2/email)?/identities/([^/]+)/?", path)
        if method == "GET" and asked:
            verify(unquote(asked.group(1)))
        return await answer(method, path, headers, body, query_params)

    v2.handle_request = answer_verified
