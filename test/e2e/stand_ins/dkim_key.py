"""DKIM keys of a user's own: RSA keys of 1024 to 2048 bits, in one line of base64. Read by openssl, which the emulator needs anyway for its certificate."""

import base64
import binascii
import functools
import re
import subprocess

BITS = range(1024, 2049)


class NoKey(ValueError):
    pass


@functools.cache
def public_key(text):
    """The public half, as the record of a key has it. A message never shows the private one."""
    try:
        der = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise NoKey("DomainSigningPrivateKey must be a private key in base64.") from error
    said = openssl(der, "-noout", "-text").decode(errors="replace")
    bits = re.search(r"Private-Key: \((\d+) bit", said)
    if "modulus:" not in said or not bits or int(bits[1]) not in BITS:
        raise NoKey(f"DomainSigningPrivateKey must be an RSA key of {BITS[0]} to {BITS[-1]} bits.")
    return base64.b64encode(openssl(der, "-pubout", "-outform", "DER")).decode()


def openssl(der, *more):
    return subprocess.run(["openssl", "pkey", "-inform", "DER", *more], input=der, capture_output=True, check=False).stdout
