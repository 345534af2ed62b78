"""A customer that knows NATS and CloudEvents, and nothing of this project: places an order and reads all events.

Usage: stranger.py URL ORDER LAST, where LAST is the type of the event that ends the order. Prints each event as JSON.
"""

import asyncio
import json
import sys

import nats
from cloudevents.core.bindings.http import HTTPMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

SUBJECT = "chor.Customer.example-shop-Checkout.example-shop-PlaceOrder"


async def main(url, order, last):
    client = await nats.connect(url)
    jetstream = client.jetstream()
    placed = CloudEvent(
        {
            "type": "example.shop.PlaceOrder",
            "source": "Customer",
            "subject": order,
            "datacontenttype": "application/json",
        },
        {"order": order, "lines": [{"sku": "TEA-0042", "quantity": 2}], "total": "8"},
    )
    message = to_binary(placed, JSONFormat())
    await jetstream.publish(f"{SUBJECT}.{order}", message.body, headers=dict(message.headers))

    log = await jetstream.subscribe("chor.>", ordered_consumer=True)
    while True:
        message = await log.next_msg(timeout=30)
        # Invalid ones are refused here.
        event = from_binary(HTTPMessage(headers=message.headers, body=message.data), JSONFormat())
        attributes = {name: str(value) for name, value in event.get_attributes().items()}
        print(json.dumps({"subject": message.subject, "attributes": attributes, "data": event.get_data()}))
        if event.get_type() == last:
            break
    await client.close()


asyncio.run(main(*sys.argv[1:]))
