"""MiniStack with the stand-ins of this folder: what README.md lists, added before the server starts.

The process ends with its parent: the test run holds the other end of standard input, so even a killed run leaves no server behind.
"""

import os
import signal
import sys
import threading

import stand_ins
from ministack import app


def end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(os.getpgrp(), signal.SIGKILL)


threading.Thread(target=end_with_parent, daemon=True).start()
stand_ins.install()
# with TLS it would take port 443 besides its own
app._port_is_bindable = lambda host, port: False
app.main()
