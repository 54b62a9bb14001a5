"""Hands messages of an AMQP bus on to Sluicegate: a callback for the consumer of fedora-messaging."""

import logging
import os
import time

import requests
from fedora_messaging import config
from fedora_messaging.exceptions import Nack

log = logging.getLogger("sluicegate_bridge")

# Seconds to wait before the broker delivers a message again.
PAUSE = 5

# A verdict on the message. To deliver it again would change nothing.
FINAL = (201, 202, 400, 403, 413, 422)


class Bridge:
    """Called for each message; what it does not raise is acknowledged."""

    def __init__(self):
        settings = config.conf["consumer_config"]
        self.url = settings["sluicegate_url"].rstrip("/") + "/api/v1/messages"
        self.session = requests.Session()
        token = os.environ.get("SLUICEGATE_TOKEN")
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, message):
        properties = message._properties
        # RabbitMQ checks the property `user_id`, but not what a publisher writes into headers.
        headers = {"JMSXUserID": properties.user_id} if properties.user_id else {}
        delivered = {"topic": message.topic, "headers": headers, "body": message.body}
        if properties.message_id:
            # By this Sluicegate knows a message that the broker delivers again.
            delivered["id"] = properties.message_id
        try:
            answer = self.session.post(self.url, json=delivered, timeout=60)
        except requests.RequestException as error:
            self.again(message, error)
        if answer.status_code not in FINAL:
            self.again(message, f"{answer.status_code} {answer.text}")
        told = answer.json()
        if answer.status_code >= 400:
            log.warning("%s on %s is rejected: %s", message.id, message.topic, told)
        else:
            log.info("%s on %s: %s", message.id, message.topic, told["verdict"])

    def again(self, message, reason):
        log.error("%s on %s is not delivered: %s", message.id, message.topic, reason)
        time.sleep(PAUSE)
        raise Nack()
