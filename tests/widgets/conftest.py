"""A real kernel with a person in front, and what it publishes."""

import os
from queue import Empty

import pytest
from jupyter_client.manager import start_new_kernel


class Kernel:
    """A running kernel; `run` and `move` give back what it publishes."""

    def __init__(self, client):
        self.client = client

    def run(self, code):
        """The messages that a cell publishes."""
        return self._answers(self.client.execute(code))

    def move(self, comm_id, **state):
        """The messages after a control changes, as JupyterLab reports a change."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        message = self.client.session.msg("comm_msg", {"comm_id": comm_id, "data": data})
        self.client.shell_channel.send(message)
        return self._answers(message["header"]["msg_id"])

    @staticmethod
    def of_type(messages, kind):
        """The contents of the messages of one type."""
        return [message["content"] for message in messages if message["msg_type"] == kind]

    def _answers(self, msg_id):
        messages = []
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=60)
            except Empty:
                pytest.fail(f"the kernel never became idle; it said {[m['msg_type'] for m in messages]}")
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return messages
            messages.append(message)


@pytest.fixture(scope="session")
def kernel():
    """A kernel as JupyterLab starts it: with the name of a person's session."""
    manager, client = start_new_kernel(env={**os.environ, "JPY_SESSION_NAME": "/home/a student/06.ipynb"})
    try:
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
