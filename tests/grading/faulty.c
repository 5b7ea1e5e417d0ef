/* A machine with a fault, for tests: LD_PRELOAD puts it between a program and the C library.

   NO_LOCKS=37 CLOCK_JUMPS=40 LD_PRELOAD=faulty.so program

   NO_LOCKS     every record lock fails with this error number, as on a network disk without a lock server
   CLOCK_JUMPS  the wall clock jumps by a year, back and forth, each time it was read so often; the monotonic
                clock does not
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static int locked(const char *name, int fd, int command, void *argument) {
    const char *number = getenv("NO_LOCKS");
    if (number && (command == F_SETLK || command == F_SETLKW || command == F_GETLK)) {
        errno = atoi(number);
        return -1;
    }
    int (*real)(int, int, ...) = (int (*)(int, int, ...))dlsym(RTLD_NEXT, name);
    return real(fd, command, argument);
}

int fcntl(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return locked("fcntl", fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return locked("fcntl64", fd, command, argument);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    static unsigned reads;
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    const char *often = getenv("CLOCK_JUMPS");
    if (often && clock == CLOCK_REALTIME) {
        unsigned times = __atomic_fetch_add(&reads, 1, __ATOMIC_RELAXED);
        if (times / (unsigned)atoi(often) % 2) now->tv_sec -= 365 * 24 * 3600;
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now) *now = exact.tv_sec;
    return exact.tv_sec;
}
