#include "CChecksum.h"

#if defined(__x86_64__)

#include <nmmintrin.h>
#include <string.h>

_Bool legato_has_crc32c(void) { return __builtin_cpu_supports("sse4.2") != 0; }

__attribute__((target("sse4.2"))) uint32_t legato_crc32c(
    uint32_t state, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint64_t crc = state;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, sizeof word);
        crc = _mm_crc32_u64(crc, word);
    }
    for (; count > 0; count--, next++) crc = _mm_crc32_u8((uint32_t)crc, *next);
    return (uint32_t)crc;
}

#else

_Bool legato_has_crc32c(void) { return 0; }

uint32_t legato_crc32c(uint32_t state, const void *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return state;
}

#endif
