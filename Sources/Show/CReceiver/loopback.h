#pragma once

#include "CReceiver.h"

#include <stddef.h>
#include <stdint.h>

/// Listens on a free port of the loopback; the descriptor, or -1 with errno set. Accepting gives
/// up after 60 s.
int loopback_listen(int backlog, uint16_t *port);

/// Connects to a port of the loopback; the descriptor, or -1 with errno set.
int loopback_connect(uint16_t port);

/// No delay for small writes, no wait of over 60 s; 0 or an errno.
int loopback_tune(int descriptor);

/// Sends all of the bytes, waiting where the peer does not take them; 0 or an errno.
int loopback_send(int descriptor, const uint8_t *bytes, size_t size);
int loopback_send_piece(int descriptor, legato_piece piece);
