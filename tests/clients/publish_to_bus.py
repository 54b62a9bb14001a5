"""Publishes messages to RabbitMQ by AMQP, STOMP and MQTT, as publishers of each kind do.

Arguments: the ports of the three protocols. Each message is the end of a test whose category names
the protocol.
"""

import json
import socket
import sys

import pika

TOPIC = "org.example.ci.brew-build.test.complete"


def message(category, result="passed"):
    return json.dumps(
        {
            "version": "0.2.1",
            "contact": {"name": "CI", "team": "team", "email": "ci@example.org"},
            "run": {"url": "https://ci.example.org/7"},
            "artifact": {"type": "brew-build", "nvr": "nethack-3.6.7-1.fc40", "component": "nethack"},
            "test": {"namespace": "bus", "type": "tier1", "category": category, "result": result},
        }
    )


def by_amqp(port):
    parameters = pika.ConnectionParameters("127.0.0.1", port)
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        channel.confirm_delivery()

        def publish(body, topic=TOPIC, **properties):
            channel.basic_publish("amq.topic", topic, body, pika.BasicProperties(**properties))

        # Twice, as a publisher that got no answer does; a header can't borrow a name.
        for _ in range(2):
            headers = {"JMSXUserID": "somebody-else"}
            publish(message("amqp"), message_id="a-1", user_id="guest", headers=headers)
        publish("not even JSON")
        publish(message("amqp", "great"), message_id="a-2")
        publish("{}", topic="org.example.unrelated")


def by_stomp(port):
    with socket.create_connection(("127.0.0.1", port)) as stomp:
        def frame(command, headers, body=""):
            lines = [command, *(f"{name}:{value}" for name, value in headers.items()), "", body]
            stomp.sendall("\n".join(lines).encode() + b"\0")
            return stomp.recv(4096).decode()

        login = {"accept-version": "1.2", "host": "/", "login": "guest", "passcode": "guest"}
        assert frame("CONNECT", login).startswith("CONNECTED")
        headers = {"destination": f"/topic/{TOPIC}", "amqp-message-id": "s-1", "receipt": "r"}
        assert "RECEIPT" in frame("SEND", headers, message("stomp"))


def by_mqtt(port):
    def text(value):
        return len(value).to_bytes(2, "big") + value.encode()

    def packet(kind, content):
        length, encoded = len(content), b""
        while True:
            length, digit = divmod(length, 128)
            encoded += bytes([digit | (128 if length else 0)])
            if not length:
                return bytes([kind]) + encoded + content

    with socket.create_connection(("127.0.0.1", port)) as mqtt:
        flags = b"\xc2"  # user, password, clean session
        connect = text("MQTT") + b"\x04" + flags + b"\x00\x3c" + text("ci") + text("guest") * 2
        mqtt.sendall(packet(0x10, connect))
        assert mqtt.recv(4) == b"\x20\x02\x00\x00", "not connected"
        # At least once: the broker confirms.
        body = text(TOPIC.replace(".", "/")) + b"\x00\x01" + message("mqtt").encode()
        mqtt.sendall(packet(0x32, body))
        assert mqtt.recv(4) == b"\x40\x02\x00\x01", "not taken"


amqp, stomp, mqtt = (int(port) for port in sys.argv[1:])
by_amqp(amqp)
by_stomp(stomp)
by_mqtt(mqtt)
