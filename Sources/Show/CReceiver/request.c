#define _GNU_SOURCE
#include "request.h"

#include <stdlib.h>
#include <string.h>

static const char id_name[] = "\r\nx-request-id:";
static const char length_name[] = "\r\ncontent-length:";

uint32_t request_ordinal(const char *head, uint32_t otherwise) {
    const char *field = strcasestr(head, id_name);
    if (!field) return otherwise;
    const char *digits = field + strcspn(field + 2, "\r") + 2;
    while (digits[-1] >= '0' && digits[-1] <= '9') digits--;
    return (uint32_t)strtoul(digits, NULL, 10);
}

uint64_t request_length(const char *head) {
    const char *field = strcasestr(head, length_name);
    return field ? strtoull(field + sizeof length_name - 1, NULL, 10) : 0;
}
