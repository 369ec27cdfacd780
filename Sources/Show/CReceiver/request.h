#pragma once

#include <stdint.h>

/// The number N of a request's header field `x-request-id: NAME-N`, `otherwise` where it has none;
/// `head` ends with a zero byte.
uint32_t request_ordinal(const char *head, uint32_t otherwise);

/// The value of a head's `content-length`, 0 where it has none; `head` ends with a zero byte.
uint64_t request_length(const char *head);
