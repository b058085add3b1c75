/*
 * The bare forwarder: what two taps can carry when nobody looks at a frame.
 *
 *   forwarder THREADS TAP_A TAP_B
 *
 * Creates both taps with the offloads Weir asks for (virtio_net_hdr, checksum, TSO4/6, USO4/6 where the kernel has
 * them), prints READY, then copies every frame from one to the other until it is killed. THREADS is 2 (one blocking
 * thread a direction) or 1 (one thread polls both). The caller moves the taps into their namespaces.
 *
 * It parses nothing and learns nothing, so it is the ceiling that the kernel's tap leaves to any switch.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

/* virtio_net_hdr (10), Ethernet with two VLAN tags (22) and the largest IP packet (65535), rounded up. */
enum { FRAME_CAPACITY = 66 * 1024, BURST = 64 };

static int taps[2];

static void die(const char *what)
{
    fprintf(stderr, "forwarder: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_tap(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

    if (fd < 0)
        die("open /dev/net/tun");
    if (strlen(name) >= sizeof request.ifr_name) {
        fprintf(stderr, "forwarder: tap name '%s' is longer than %zu\n", name, sizeof request.ifr_name - 1);
        exit(2);
    }
    strcpy(request.ifr_name, name);
    if (ioctl(fd, TUNSETIFF, &request) < 0)
        die("TUNSETIFF");

    unsigned long offloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;
    /* Kernels before 6.2 refuse the USO bits as a whole. */
    if (ioctl(fd, TUNSETOFFLOAD, offloads | TUN_F_USO4 | TUN_F_USO6) < 0 && ioctl(fd, TUNSETOFFLOAD, offloads) < 0)
        die("TUNSETOFFLOAD");
    return fd;
}

static void *frame_buffer(void)
{
    void *buffer = aligned_alloc(4096, (FRAME_CAPACITY + 4095) / 4096 * 4096);

    if (!buffer)
        die("aligned_alloc");
    return buffer;
}

/* One frame from one tap to the other. Returns 0 when there was none. A refused write is a drop, as in any switch. */
static int forward_one(int from, int to, void *buffer)
{
    ssize_t length_bytes = read(from, buffer, FRAME_CAPACITY);

    if (length_bytes <= 0)
        return 0;
    if (write(to, buffer, (size_t) length_bytes) < 0 && errno == EBADFD)
        usleep(1000); /* the far tap is not up yet */
    return 1;
}

static void *forward_direction(void *index)
{
    int from = (int) (long) index;
    void *buffer = frame_buffer();

    for (;;)
        if (!forward_one(taps[from], taps[!from], buffer))
            usleep(1000); /* only before the tap is up: read then answers EBADFD or EIO at once */
    return NULL;
}

static void forward_both(void)
{
    struct pollfd ready[2] = {{.fd = taps[0], .events = POLLIN}, {.fd = taps[1], .events = POLLIN}};
    void *buffer = frame_buffer();

    for (int i = 0; i < 2; i++)
        if (fcntl(taps[i], F_SETFL, O_NONBLOCK | O_RDWR) < 0)
            die("fcntl O_NONBLOCK");
    for (;;) {
        int forwarded = 0;

        for (int from = 0; from < 2; from++)
            for (int n = 0; n < BURST && forward_one(taps[from], taps[!from], buffer); n++)
                forwarded++;
        if (!forwarded)
            poll(ready, 2, 100);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4 || (strcmp(argv[1], "1") && strcmp(argv[1], "2"))) {
        fprintf(stderr, "usage: forwarder 1|2 TAP_A TAP_B\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlive the bench */
    for (int i = 0; i < 2; i++)
        taps[i] = open_tap(argv[2 + i]);
    puts("READY");
    fflush(stdout);

    if (argv[1][0] == '1')
        forward_both();

    pthread_t other;
    if ((errno = pthread_create(&other, NULL, forward_direction, (void *) 1L)))
        die("pthread_create");
    forward_direction((void *) 0L);
    return 0;
}
