/* Sockets and streams whose set-up fails and that nobody closes then. */
#include "scenario.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/un.h>

static struct sockaddr_in address;

static OUT_OF_LINE void start_service(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0); /* LEAK: bind */
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
    return;
  close(fd);
}

static void failed_bind(void) {
  int other = socket(AF_INET, SOCK_STREAM, 0);
  address = loopback(0);
  must(bind(other, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(listen(other, 1) == 0, "listen");
  address = loopback(bound_port(other));
  serve(start_service);
  close(other);
}

static OUT_OF_LINE void start_unnamed(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0); /* LEAK: listen */
  if (listen(fd, 16) != 0)
    return;
  close(fd);
}

static void failed_listen(void) { serve(start_unnamed); }

static OUT_OF_LINE void call_service(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0); /* LEAK: connect */
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
    return;
  close(fd);
}

static void failed_connect(void) {
  int unused = socket(AF_INET, SOCK_STREAM, 0);
  address = loopback(0);
  must(bind(unused, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  address = loopback(bound_port(unused));
  serve(call_service);
  close(unused);
}

static OUT_OF_LINE void secure_socket(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0); /* LEAK: option */
  if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, "missing", sizeof "missing") != 0)
    return;
  close(fd);
}

static void failed_option(void) { serve(secure_socket); }

static OUT_OF_LINE void write_stream(void) {
  int fd = open("/dev/null", O_RDONLY); /* LEAK: fdopen */
  FILE *stream = fdopen(fd, "w");
  if (stream == NULL)
    return;
  fclose(stream);
}

static void failed_fdopen(void) { serve(write_stream); }

/* The same failures, handled: what fails is closed. */
static OUT_OF_LINE void try_service(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0); /* CLEAN: handled */
  connect(fd, (struct sockaddr *)&address, sizeof address);
  close(fd);
}

static void handled(void) {
  address = loopback(1);
  serve(try_service);
}

/* Fails until the service is up, and is kept: the same socket tries again. */
static void connect_at_last(void) {
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "service"};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0); /* KEPT: connect at last */
  for (int attempt = 0; connect(fd, (struct sockaddr *)&name, sizeof name) != 0; attempt++) {
    must(attempt < 4, "connect");
    pause_ms(3);
    if (attempt != 2)
      continue;
    int service = socket(AF_UNIX, SOCK_STREAM, 0);
    must(bind(service, (struct sockaddr *)&name, sizeof name) == 0, "bind");
    must(listen(service, 4) == 0, "listen");
  }
  pause_ms(1200);
}

SCENARIOS({"bind", failed_bind}, {"listen", failed_listen}, {"connect", failed_connect},
          {"option", failed_option}, {"fdopen", failed_fdopen}, {"handled", handled},
          {"connect_at_last", connect_at_last})
