/* bankapi_http_bank.h: a bank on a socket that misbehaves on order, for bankapi_http.c.
 *
 * One thread accepts, one serves each connection; counts what it read. */
#ifndef TESTS_UNIT_BANKAPI_HTTP_BANK_H
#define TESTS_UNIT_BANKAPI_HTTP_BANK_H

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum manner {
	ANSWER, /* 200, keep-alive */
	CLOSE_REUSED, /* answers the first request of a connection; reads the second whole and closes without a byte */
	SILENT,         /* reads the request whole, says nothing */
	CUT_REPLY,      /* 200, Content-Length 100, three bytes, closes */
	CUT_BODY,       /* resets the connection after 4,096 bytes of the body */
	REFUSE_EARLY,   /* 413 as soon as the head is there, then closes */
	LARGE_REPLY,    /* 200 with a body of 1 MiB */
	LARGE_HEAD,     /* 200 with 200 KiB of headers */
	TWO_IDS,        /* webhook-id three times */
	LONG_SIGNATURE, /* a webhook-signature of 2,000 bytes */
	CONTINUE_FIRST, /* 100 Continue with a webhook-id of its own, then 200 without */
	REDIRECT,       /* 307 to another path of the same bank */
	BUSY,           /* 429 with Retry-After: 7 and an HTML body */
	NOT_HTTP,       /* bytes that are no HTTP reply */
};

struct bank {
	enum manner manner;
	int listener;
	uint16_t port;
	pthread_t acceptor;
	atomic_int connections; /* accepted so far */
	atomic_int open;
	atomic_int requests; /* bodies that were read whole */
};

struct connection {
	struct bank *bank;
	int fd;
};

static bool send_all(int fd, const char *at, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		at += sent;
		n -= (size_t)sent;
	}
	return true;
}

static bool send_text(int fd, const char *text)
{
	return send_all(fd, text, strlen(text));
}

/* Reads a head, byte by byte (it is a test); returns its Content-Length, or -1 at the end of the connection. */
static long read_head(int fd)
{
	char head[8192];
	size_t n = 0;

	for (;;) {
		if (n + 1 >= sizeof head || recv(fd, head + n, 1, 0) <= 0)
			return -1;
		head[++n] = '\0';
		if (n >= 4 && strcmp(head + n - 4, "\r\n\r\n") == 0)
			break;
	}

	const char *length = strcasestr(head, "content-length:");

	return length == NULL ? 0 : strtol(length + strlen("content-length:"), NULL, 10);
}

static bool read_body(int fd, long n)
{
	char part[65536];

	while (n > 0) {
		ssize_t got = recv(fd, part, n < (long)sizeof part ? (size_t)n : sizeof part, 0);

		if (got <= 0)
			return false;
		n -= got;
	}
	return true;
}

static void send_filled(int fd, const char *before, size_t n, const char *after)
{
	char part[65536];

	memset(part, 'x', sizeof part);
	if (!send_text(fd, before))
		return;
	for (; n > 0; n -= n < sizeof part ? n : sizeof part)
		if (!send_all(fd, part, n < sizeof part ? n : sizeof part))
			return;
	(void)send_text(fd, after);
}

#define SMALL                                                                                             \
	"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nwebhook-id: re-T-1\r\nWebhook-Timestamp:1712106001 \r\n" \
	"webhook-signature: v1a,abc v1a,def\r\n\r\ndone"

/* False: close the connection. nth counts the requests of this connection from 1. */
static bool answer(enum manner manner, int fd, int nth)
{
	switch (manner) {
	case ANSWER: return send_text(fd, SMALL);
	case CLOSE_REUSED: return nth == 1 && send_text(fd, SMALL);
	case SILENT: return true;
	case CUT_REPLY:
		(void)send_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
		return false;
	case LARGE_REPLY:
		send_filled(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n", 1048576, "");
		return false;
	case LARGE_HEAD:
		for (int i = 0; i < 100; i++)
			send_filled(fd, i == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx: " : "x: ", 2048,
				"\r\n");
		return send_text(fd, "\r\n");
	case TWO_IDS:
		return send_text(fd,
			"HTTP/1.1 200 OK\r\nwebhook-id: re-T-1\r\nwebhook-id: re-T-2\r\nwebhook-id: re-T-3\r\nContent-Length: 2\r\n\r\nok");
	case LONG_SIGNATURE:
		send_filled(fd, "HTTP/1.1 200 OK\r\nwebhook-id: re-T-1\r\nwebhook-signature: ", 2000,
			"\r\nContent-Length: 2\r\n\r\nok");
		return true;
	case CONTINUE_FIRST:
		return send_text(fd, "HTTP/1.1 100 Continue\r\nwebhook-id: re-T-9\r\n\r\n"
				     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
	case REDIRECT:
		return send_text(fd, "HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\n"
				     "Content-Length: 0\r\n\r\n");
	case BUSY:
		return send_text(fd, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n"
				     "Content-Length: 13\r\n\r\n<html></html>");
	case NOT_HTTP: (void)send_text(fd, "220 mail.example ESMTP\r\n"); return false;
	case CUT_BODY:
	case REFUSE_EARLY: break;
	}
	abort();
}

static void reset(int fd)
{
	struct linger now = {.l_onoff = 1};

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void *serve(void *arg)
{
	struct connection *c = arg;
	struct bank *b = c->bank;

	for (int nth = 1;; nth++) {
		long n = read_head(c->fd);

		if (n < 0)
			break;
		if (b->manner == CUT_BODY) {
			(void)read_body(c->fd, 4096);
			reset(c->fd);
			break;
		}
		if (b->manner == REFUSE_EARLY) {
			(void)send_text(c->fd, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n"
					       "Connection: close\r\n\r\nno");
			shutdown(c->fd, SHUT_WR);
			(void)read_body(c->fd, 1L << 40);
			break;
		}
		if (!read_body(c->fd, n))
			break;
		atomic_fetch_add(&b->requests, 1);
		if (!answer(b->manner, c->fd, nth))
			break;
	}
	close(c->fd);
	free(c);
	atomic_fetch_sub(&b->open, 1);
	return NULL;
}

static void *accept_all(void *arg)
{
	struct bank *b = arg;

	for (;;) {
		int fd = accept(b->listener, NULL, NULL);
		pthread_t thread;

		if (fd < 0)
			return NULL;
		atomic_fetch_add(&b->connections, 1);
		atomic_fetch_add(&b->open, 1);

		struct connection *c = malloc(sizeof *c);

		*c = (struct connection){.bank = b, .fd = fd};
		if (pthread_create(&thread, NULL, serve, c) != 0)
			abort();
		pthread_detach(thread);
	}
}

static void bank_listen(struct bank *b, enum manner manner, int fd)
{
	*b = (struct bank){.manner = manner, .listener = fd};
	if (listen(fd, 256) != 0 || pthread_create(&b->acceptor, NULL, accept_all, b) != 0)
		abort();
}

static void bank_open(struct bank *b, enum manner manner)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) != 0 ||
		getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		abort();
	bank_listen(b, manner, fd);
	b->port = ntohs(at.sin_port);
}

static void bank_close(struct bank *b)
{
	shutdown(b->listener, SHUT_RDWR);
	pthread_join(b->acceptor, NULL);
	close(b->listener);
	while (atomic_load(&b->open) > 0)
		usleep(1000);
}

#endif
