/* A small file server with a realistic bug, for scripts/demo.
 *
 *   leaky_server FOLDER
 *
 * Prints "listening PORT" and answers one line per connection:
 *
 *   GET name    the content of FOLDER/name
 *   STOP        ends the server
 *
 * It works well, every test of its answers would pass, and it closes what it
 * opened on the good path. Two of its error paths forget to:
 *   - a client that hangs up before it asks leaves its connection behind;
 *   - a file that is too large to send leaves the file behind. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST = 4096 };

struct server {
  const char *folder;
  int listener;
  int stopping;
};

static void reply(int client, const char *text) {
  if (send(client, text, strlen(text), MSG_NOSIGNAL) < 0)
    perror("send");
}

/* Opens a file that a client asked for; names with a slash are refused. */
static int open_shared(const struct server *server, const char *name) {
  char path[4096];
  if (strchr(name, '/') != NULL)
    return -1;
  snprintf(path, sizeof path, "%s/%s", server->folder, name);
  return open(path, O_RDONLY | O_CLOEXEC);
}

static void send_file(const struct server *server, int client, const char *name) {
  char content[LARGEST];
  struct stat status;
  int file = open_shared(server, name);
  if (file < 0) {
    reply(client, "no such file\n");
    return;
  }
  if (fstat(file, &status) != 0 || status.st_size > LARGEST) {
    reply(client, "too large\n");
    return; /* the bug: `file` stays open */
  }
  ssize_t size = read(file, content, sizeof content);
  if (size > 0 && send(client, content, (size_t)size, MSG_NOSIGNAL) < 0)
    perror("send");
  close(file);
}

static void serve(struct server *server, int client) {
  char request[256];
  ssize_t size = recv(client, request, sizeof request - 1, 0);
  if (size <= 0)
    return; /* the bug: `client` stays open */
  request[size] = '\0';
  request[strcspn(request, "\r\n")] = '\0';

  if (strncmp(request, "GET ", 4) == 0)
    send_file(server, client, request + 4);
  else if (strcmp(request, "STOP") == 0)
    server->stopping = 1;
  else
    reply(client, "what?\n");
  close(client);
}

static int accept_client(const struct server *server) {
  return accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
}

static void run(struct server *server) {
  while (!server->stopping) {
    int client = accept_client(server);
    if (client >= 0)
      serve(server, client);
    else
      perror("accept");
  }
}

/* Listens on a free port of the loopback interface and prints it. */
static int start_listening(void) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t size = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(listener, 64) < 0 || getsockname(listener, (struct sockaddr *)&address, &size) < 0) {
    perror("cannot listen");
    exit(1);
  }
  printf("listening %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: leaky_server FOLDER\n");
    return 2;
  }
  struct server server = {.folder = argv[1], .listener = start_listening()};
  run(&server);
  close(server.listener);
  return 0;
}
