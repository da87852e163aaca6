"""Loads an HTTP server on loopback: http_load.py PORT PATH CLIENTS REQUESTS

Each of the clients asks as often as told, by turns on a connection that it keeps
and on one of its own for each request. Prints how many answers were good."""

import http.client
import sys
import threading

port, path, clients, requests = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
good = [0] * clients


def ask(connection):
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status == 200 and len(answer.read()) > 0


def client(number):
    kept = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for request in range(requests):
        try:
            if request % 2:
                good[number] += ask(kept)
            else:
                own = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                good[number] += ask(own)
                own.close()
        except (ConnectionError, http.client.HTTPException):
            # A server that is reloaded may hang up on a connection between requests.
            kept.close()
            good[number] += ask(kept)
    kept.close()


threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sum(good))
