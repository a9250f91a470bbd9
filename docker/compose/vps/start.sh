#!/bin/sh
# The lab's folder is known only when the container starts, and so is the home in it.
set -eu
usermod --home "$LAB_HOME" deploy
exec /usr/sbin/sshd -D -e -f "$SSHD_CONFIG"
