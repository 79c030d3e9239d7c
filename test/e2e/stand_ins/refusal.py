"""CloudFormation's words around what a resource handler says."""


def refused(code, reason):
    return ValueError(f'Resource handler returned message: "{reason}" '
                      f"(RequestToken: 00000000-0000-0000-0000-000000000000, HandlerErrorCode: {code})")
