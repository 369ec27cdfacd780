#pragma once

#include <stdint.h>

/// Listens on a free port of the loopback; the descriptor, or -1 with errno set. Accepting gives
/// up after 60 s.
int loopback_listen(int backlog, uint16_t *port);

/// Connects to a port of the loopback; the descriptor, or -1 with errno set.
int loopback_connect(uint16_t port);

/// No delay for small writes, no wait of over 60 s; 0 or an errno.
int loopback_tune(int descriptor);
