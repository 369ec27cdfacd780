#pragma once
#include <stddef.h>
#include <stdint.h>

/// Whether the processor has an instruction for CRC-32C (SSE 4.2 of x86-64; elsewhere it is not
/// looked for).
_Bool legato_has_crc32c(void);

/// The state of a CRC-32C after `count` bytes more, by that instruction: eight bytes a step. Only
/// where there is one.
uint32_t legato_crc32c(uint32_t state, const void *_Nullable bytes, size_t count);
