/* Answers one line for each request, and forgets clients that hang up first.
 *
 *   gateway CLIENTS
 *
 * Writes its port to the file `port`, serves so many clients, one after the other, and
 * ends. */
#include "fixture.h"

static OUT_OF_LINE void serve(int client) {
  char request[256];
  ssize_t size = recv(client, request, sizeof request, 0);
  if (size <= 0)
    return; /* nobody is there any more */
  must(send(client, "ok\n", 3, MSG_NOSIGNAL) == 3, "send");
  close(client);
}

static OUT_OF_LINE int next_client(int listener) {
  int client = accept(listener, NULL, NULL);
  must(client >= 0, "accept");
  return client;
}

static void write_port(int port) {
  FILE *file = fopen("port.new", "w");
  must(file != NULL && fprintf(file, "%d\n", port) > 0 && fclose(file) == 0, "port");
  must(rename("port.new", "port") == 0, "port"); /* never seen half written */
}

int main(int argc, char **argv) {
  must(argc == 2, "usage: gateway CLIENTS");
  struct sockaddr_in address = loopback(0);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  must(listen(listener, 64) == 0, "listen");
  write_port(bound_port(listener));
  for (int left = atoi(argv[1]); left > 0; left--)
    serve(next_client(listener));
  return 0;
}
