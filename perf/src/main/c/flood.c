/*
 * The flood: as many 64-byte frames a second as one core can hand to the kernel.
 *
 *   flood ADDRESS PORT SECONDS
 *
 * UDP_SEGMENT gives the kernel 60 datagrams of 22 bytes (64-byte frames without the FCS) in one system call. The
 * bench turns tx-udp-segmentation off on the sending device, so that they reach the switch one by one. Kernels that
 * refuse UDP_SEGMENT on a device without checksum offload (before 6.11) are served through sendmmsg.
 * Prints the number of datagrams that the kernel accepted.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <linux/udp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum { PAYLOAD_BYTES = 22, DATAGRAMS = 60, CALLS_PER_CLOCK_READ = 64, SEND_BUFFER_BYTES = 8 << 20 };

static char payload[PAYLOAD_BYTES * DATAGRAMS];

static long long now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int connected_socket(const char *address, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short) port)};
    int buffer_bytes = SEND_BUFFER_BYTES;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1
        || setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer_bytes, sizeof buffer_bytes) < 0
        || connect(fd, (struct sockaddr *) &to, sizeof to) < 0) {
        fprintf(stderr, "flood: cannot reach %s:%d: %s\n", address, port, strerror(errno));
        exit(1);
    }
    return fd;
}

static long send_segmented(int fd)
{
    return send(fd, payload, sizeof payload, 0) > 0 ? DATAGRAMS : 0;
}

static long send_many(int fd)
{
    static struct iovec parts[DATAGRAMS];
    static struct mmsghdr messages[DATAGRAMS];

    for (int i = 0; i < DATAGRAMS; i++) {
        parts[i] = (struct iovec) {payload + i * PAYLOAD_BYTES, PAYLOAD_BYTES};
        messages[i].msg_hdr = (struct msghdr) {.msg_iov = &parts[i], .msg_iovlen = 1};
    }
    int sent = sendmmsg(fd, messages, DATAGRAMS, 0);
    return sent > 0 ? sent : 0;
}

int main(int argc, char **argv)
{
    if (argc != 4 || atoi(argv[2]) <= 0 || atof(argv[3]) <= 0) {
        fprintf(stderr, "usage: flood ADDRESS PORT SECONDS\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);

    int fd = connected_socket(argv[1], atoi(argv[2]));
    int segment_bytes = PAYLOAD_BYTES;
    int segmented = setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &segment_bytes, sizeof segment_bytes) == 0;
    if (segmented && send(fd, payload, sizeof payload, 0) < 0 && errno == EIO) {
        segment_bytes = 0;
        setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &segment_bytes, sizeof segment_bytes);
        segmented = 0;
    }

    long long end_ns = now_ns() + (long long) (atof(argv[3]) * 1e9);
    long datagrams = 0;
    while (now_ns() < end_ns)
        for (int i = 0; i < CALLS_PER_CLOCK_READ; i++)
            datagrams += segmented ? send_segmented(fd) : send_many(fd);
    printf("%ld\n", datagrams);
    return 0;
}
