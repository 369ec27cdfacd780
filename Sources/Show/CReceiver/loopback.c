#define _GNU_SOURCE
#include "loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct sockaddr_in address_of(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int closed_with_errno(int descriptor) {
    int failure = errno;
    close(descriptor);
    errno = failure;
    return -1;
}

int loopback_tune(int descriptor) {
    int on = 1;
    struct timeval patience = {.tv_sec = 60};
    if (setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) return errno;
    if (setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
        return errno;
    if (setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0)
        return errno;
    return 0;
}

int loopback_listen(int backlog, uint16_t *port) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    struct sockaddr_in address = address_of(0);
    socklen_t size = sizeof address;
    // A listener's receive time limit bounds accept.
    if (loopback_tune(descriptor) || bind(descriptor, (struct sockaddr *)&address, size) < 0
        || listen(descriptor, backlog) < 0
        || getsockname(descriptor, (struct sockaddr *)&address, &size) < 0) {
        return closed_with_errno(descriptor);
    }
    *port = ntohs(address.sin_port);
    return descriptor;
}

int loopback_connect(uint16_t port) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    struct sockaddr_in address = address_of(port);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0
        || loopback_tune(descriptor)) {
        return closed_with_errno(descriptor);
    }
    return descriptor;
}

int loopback_send(int descriptor, const uint8_t *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(descriptor, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return errno;
        bytes += sent;
        size -= (size_t)sent;
    }
    return 0;
}

int loopback_send_piece(int descriptor, legato_piece piece) {
    return loopback_send(descriptor, piece.bytes, piece.size);
}
