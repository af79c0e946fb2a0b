#define _GNU_SOURCE
#include "memory.h"

#include <emmintrin.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the C library is older than the system. */
#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 1U
#define MFD_ALLOW_SEALING 2U
#endif
#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_SEAL_SEAL 1
#define F_SEAL_SHRINK 2
#define F_SEAL_GROW 4
#endif

int sealed_memory(const char *name, long bytes) {
    int descriptor = (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) {
        return -errno;
    }
    /* All pages are had now: a write to one that can't be had later would end the process. */
    int failed = fchmod(descriptor, 0600) ? errno : posix_fallocate(descriptor, 0, bytes);
    if (!failed && fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) {
        failed = errno;
    }
    if (failed) {
        close(descriptor);
        return -failed;
    }
    return descriptor;
}

void *map_memory(int descriptor, long bytes) {
    void *mapped = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, descriptor, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

void free_memory(int descriptor, void *mapped, long bytes) {
    if (mapped) {
        munmap(mapped, (size_t)bytes);
    }
    if (fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, bytes)) {
        /* Then the pages go when the other end lets go of them. */
    }
    close(descriptor);
}

void copy_past_cache(char *to, const char *from, long bytes) {
    const long before = (long)(-(uintptr_t)to & 15);
    const long head = before < bytes ? before : bytes;
    memcpy(to, from, (size_t)head);
    long i = head;
    for (; i + 64 <= bytes; i += 64) {
        __m128i a = _mm_loadu_si128((const __m128i *)(from + i));
        __m128i b = _mm_loadu_si128((const __m128i *)(from + i + 16));
        __m128i c = _mm_loadu_si128((const __m128i *)(from + i + 32));
        __m128i d = _mm_loadu_si128((const __m128i *)(from + i + 48));
        _mm_stream_si128((__m128i *)(to + i), a);
        _mm_stream_si128((__m128i *)(to + i + 16), b);
        _mm_stream_si128((__m128i *)(to + i + 32), c);
        _mm_stream_si128((__m128i *)(to + i + 48), d);
    }
    memcpy(to + i, from + i, (size_t)(bytes - i));
    /* Whoever sees what is written later sees this, too. */
    _mm_sfence();
}
