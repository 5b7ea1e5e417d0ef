"""The Jupyter kernel provisioner behind the kernel `course-sandbox`."""

from jupyter_client.provisioning import LocalProvisioner


class SandboxProvisioner(LocalProvisioner):
    """Starts a kernel in the sandbox."""
