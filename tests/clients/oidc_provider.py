"""A real OpenID provider: PORT (0 for any) and the seconds for which its tokens hold. It prints its
address and stays until it is killed."""

import sys
import threading
from datetime import timedelta

import oidc_provider_mock

port, seconds = (int(argument) for argument in sys.argv[1:])
with oidc_provider_mock.run_server_in_thread(
    port=port, access_token_max_age=timedelta(seconds=seconds)
) as server:
    print(f"http://localhost:{server.server_port}", flush=True)
    threading.Event().wait()
