/* ioctl(2): the requests of ioctls.def that this machine can carry out, and the rest
 * of the table held against the kernel's headers. */
#include "tests.h"

#include "hooks/ioctl_places.h"

#include <linux/auto_dev-ioctl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/dvb/dmx.h>
#include <linux/gpio.h>
#include <linux/kvm.h>
#include <linux/media.h>
#include <linux/nitro_enclaves.h>
#include <linux/nsfs.h>
#include <linux/sync_file.h>
#include <linux/tee.h>
#include <linux/udmabuf.h>
#include <linux/userfaultfd.h>
#include <linux/vfio.h>
#include <linux/videodev2.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#if __has_include(<drm/drm.h>)
#include <drm/drm.h>
#endif

static void check_made(int fd, enum fdt_kind kind) {
  check_opened(or_skip(fd, "ioctl"), "ioctl", kind, FDT_OWNER_RAW);
}

static int ioctl_cloexec(int fd, int on) { return ioctl(fd, on ? FIOCLEX : FIONCLEX); }

TEST(ioctl) {
  int fd = open("/dev/null", O_RDONLY), pair[2], unread = -1;
  check_late_cloexec(fd, ioctl_cloexec);
  CHECK(pipe(pair) == 0 && write(pair[1], "abc", 3) == 3);
  CHECK(ioctl(pair[0], FIONREAD, &unread) == 0);
  CHECK_EQUAL(unread, 3);
}

RAW_TEST(ioctl) {
  int fd = open("/proc/self/ns/net", O_RDONLY);
  check_opened(or_skip((int)syscall(SYS_ioctl, fd, NS_GET_USERNS), "NS_GET_USERNS"), "syscall",
               FDT_KIND_NAMESPACE, FDT_OWNER_RAW);
  CHECK(syscall(SYS_ioctl, fd, FIOCLEX) == 0);
  CHECK((entry_of(fd)->flags & FDT_FD_CLOEXEC) != 0);
}

CASE(ioctl_terminal) {
  int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), unlock = 0;
  or_skip(master, "/dev/ptmx");
  CHECK(ioctl(master, TIOCSPTLCK, &unlock) == 0);
  check_made(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), FDT_KIND_PTY);
  check_made(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY), FDT_KIND_PTY);
}

CASE(ioctl_namespaces) {
  int of_net = open("/proc/self/ns/net", O_RDONLY), of_pid = open("/proc/self/ns/pid", O_RDONLY);
  check_made(ioctl(of_net, NS_GET_USERNS), FDT_KIND_NAMESPACE);
  int parent = ioctl(of_pid, NS_GET_PARENT); /* EPERM in the first one */
  if (parent >= 0)
    check_made(parent, FDT_KIND_NAMESPACE);
  check_made(ioctl(socket(AF_INET, SOCK_DGRAM, 0), 0x894c /* SIOCGSKNS */), FDT_KIND_NAMESPACE);
}

CASE(ioctl_pidfd) {
  int process = or_skip((int)syscall(SYS_pidfd_open, getpid(), 0), "pidfd_open");
  for (unsigned number = 1; number <= 10; number++) {
    int fd = ioctl(process, _IO(0xff, number), 0);
    if (number == 1)
      or_skip(fd, "PIDFD_GET_CGROUP_NAMESPACE");
    if (fd >= 0)
      check_made(fd, FDT_KIND_NAMESPACE);
  }
}

CASE(ioctl_userfaultfd) {
  int device = or_skip(open("/dev/userfaultfd", O_RDWR), "/dev/userfaultfd");
  check_made(ioctl(device, USERFAULTFD_IOC_NEW, O_CLOEXEC), FDT_KIND_USERFAULTFD);
}

CASE(ioctl_unix_file) {
  struct sockaddr_un name = {AF_UNIX, "socket"};
  int bound = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK(bind(bound, (struct sockaddr *)&name, sizeof name) == 0);
  check_made(ioctl(bound, 0x89e0 /* SIOCUNIXFILE */), FDT_KIND_FILE);
}

/* The descriptor is the result for some of these, and in the struct for the last. */
CASE(ioctl_virtual_machine) {
  struct kvm_create_device device = {.type = KVM_DEV_TYPE_VFIO};
  int kvm = or_skip(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
  int machine = ioctl(kvm, KVM_CREATE_VM, 0);
  check_made(machine, FDT_KIND_KVM);
  check_made(ioctl(machine, KVM_CREATE_VCPU, 0), FDT_KIND_KVM);
  or_skip(ioctl(machine, KVM_CREATE_DEVICE, &device), "KVM_CREATE_DEVICE");
  check_made((int)device.fd, FDT_KIND_KVM);
}

CASE(ioctl_closes) {
  struct autofs_dev_ioctl request;
  int device = or_skip(open("/dev/autofs", O_RDONLY | O_CLOEXEC), "/dev/autofs");
  init_autofs_dev_ioctl(&request);
  request.ioctlfd = open("/dev/null", O_RDONLY);
  int fd = request.ioctlfd;
  or_skip(ioctl(device, AUTOFS_DEV_IOCTL_CLOSEMOUNT, &request), "AUTOFS_DEV_IOCTL_CLOSEMOUNT");
  check_closed(fd, "ioctl");
}

CASE(ioctl_failed) {
  uint64_t opened = own_process()->opened;
  CHECK(ioctl(open("/dev/null", O_RDONLY), NS_GET_USERNS) == -1 && errno == ENOTTY);
  CHECK_EQUAL(own_process()->opened, opened + 1);
}

/* ---- the table ----------------------------------------------------------------------- */

/* What a call with this request and outcome is taken to have made. */
static int made(unsigned long request, int result, const void *argument) {
  return fdt_ioctl_made(fdt_ioctl_place((uint32_t)request), result, argument);
}

#define IN_RESULT(request)                                                                         \
  do {                                                                                             \
    CHECK_EQUAL(made(request, 41, NULL), 41);                                                      \
    CHECK_EQUAL(made(request, -1, NULL), -1);                                                      \
  } while (0)

/* In the struct: the member that holds it, all others being something else. */
#define IN_STRUCT(request, type, member)                                                           \
  do {                                                                                             \
    union {                                                                                        \
      struct type value;                                                                           \
      uint8_t bytes[sizeof(struct type)];                                                          \
    } argument;                                                                                    \
    for (size_t i = 0; i < sizeof argument; i++)                                                   \
      argument.bytes[i] = 0xee;                                                                    \
    argument.value.member = 42;                                                                    \
    CHECK_EQUAL(made(request, 0, &argument), 42);                                                  \
    CHECK_EQUAL(made(request, -1, &argument), -1);                                                 \
  } while (0)

/* Requests whose argument is the number alone. */
#define IN_PLACE(request)                                                                          \
  do {                                                                                             \
    int argument = 43;                                                                             \
    CHECK_EQUAL(made(request, 0, &argument), 43);                                                  \
  } while (0)

CASE(ioctl_places) {
  IN_RESULT(TIOCGPTPEER);
  IN_RESULT(NS_GET_USERNS);
  IN_RESULT(NS_GET_PARENT);
  IN_RESULT(USERFAULTFD_IOC_NEW);
  IN_RESULT(UDMABUF_CREATE);
  IN_RESULT(UDMABUF_CREATE_LIST);
  IN_RESULT(KVM_CREATE_VM);
  IN_RESULT(KVM_CREATE_VCPU);
  IN_RESULT(KVM_GET_STATS_FD);
  IN_RESULT(NE_CREATE_VM);
  IN_RESULT(VFIO_GROUP_GET_DEVICE_FD);
  IN_RESULT(VFIO_DEVICE_GET_GFX_DMABUF);
  IN_RESULT(TEE_IOC_SHM_ALLOC);
  IN_RESULT(TEE_IOC_SHM_REGISTER);
  IN_STRUCT(DMA_HEAP_IOCTL_ALLOC, dma_heap_allocation_data, fd);
  IN_STRUCT(SYNC_IOC_MERGE, sync_merge_data, fence);
  IN_STRUCT(AUTOFS_DEV_IOCTL_OPENMOUNT, autofs_dev_ioctl, ioctlfd);
  IN_STRUCT(VIDIOC_EXPBUF, v4l2_exportbuffer, fd);
  IN_STRUCT(DMX_EXPBUF, dmx_exportbuffer, fd);
  IN_STRUCT(KVM_CREATE_DEVICE, kvm_create_device, fd);
  IN_STRUCT(GPIO_GET_LINEHANDLE_IOCTL, gpiohandle_request, fd);
  IN_STRUCT(GPIO_GET_LINEEVENT_IOCTL, gpioevent_request, fd);
  IN_STRUCT(GPIO_V2_GET_LINE_IOCTL, gpio_v2_line_request, fd);
  IN_PLACE(MEDIA_IOC_REQUEST_ALLOC);
#ifdef DMA_BUF_IOCTL_EXPORT_SYNC_FILE
  IN_STRUCT(DMA_BUF_IOCTL_EXPORT_SYNC_FILE, dma_buf_export_sync_file, fd);
#endif
#ifdef KVM_CREATE_GUEST_MEMFD
  IN_RESULT(KVM_CREATE_GUEST_MEMFD);
#endif
#ifdef DRM_IOCTL_PRIME_HANDLE_TO_FD
  IN_STRUCT(DRM_IOCTL_PRIME_HANDLE_TO_FD, drm_prime_handle, fd);
  IN_STRUCT(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, drm_syncobj_handle, fd);
#endif
#if defined(DRM_IOCTL_MODE_CREATE_LEASE)
  IN_STRUCT(DRM_IOCTL_MODE_CREATE_LEASE, drm_mode_create_lease, fd);
#endif
  CHECK_EQUAL(made(TCGETS, 0, NULL), -1);
  CHECK_EQUAL(made(FIONREAD, 7, NULL), -1);
}

/* Every line of the table decodes as it says, whatever the size, if only the struct reaches as
 * far; where a number tells a size. */
CASE(ioctl_table) {
  union {
    int numbers[160];
    uint8_t bytes[640];
  } argument;
  int lines = 0;
#define FDT_IOCTL(name, direction, type, number, where, is_kind)                                   \
  {                                                                                                \
    struct fdt_ioctl_place found =                                                                 \
        fdt_ioctl_place(_IOC((unsigned)(_IOC_##direction), type, number, 600));                    \
    struct fdt_ioctl_place barely = fdt_ioctl_place(                                               \
        _IOC((unsigned)(_IOC_##direction), type, number, (where) < 0 ? 0 : (where) + 4));          \
    struct fdt_ioctl_place shorter = fdt_ioctl_place(                                              \
        _IOC((unsigned)(_IOC_##direction), type, number, (where) < 0 ? 0 : (where) + 3));          \
    bool told = (where) >= 0 && (_IOC_##direction) != _IOC_NONE;                                   \
    CHECK_EQUAL(barely.place, where);                                                              \
    CHECK_EQUAL(shorter.place, told ? FDT_NONE : (where));                                         \
    CHECK_EQUAL(found.place, where);                                                               \
    CHECK_EQUAL(found.kind, FDT_KIND_##is_kind);                                                   \
    for (int i = 0; i < 160; i++)                                                                  \
      argument.numbers[i] = 1000 + i;                                                              \
    CHECK_EQUAL(fdt_ioctl_made(found, 5, &argument),                                               \
                (where) == FDT_RESULT ? 5 : 1000 + (where) / 4);                                   \
    lines++;                                                                                       \
  }
#include "ioctls.def"
#undef FDT_IOCTL
  CHECK(lines > 45);
}
