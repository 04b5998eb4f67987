#include "daemon/parse/serve.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "ledger/base/result.h"

#define DESCRIPTORS 3

/* The next file; false at the end. */
static bool receive(int socket, int *kind, char asked[static SERVE_ASKED_MAX], int fds[DESCRIPTORS])
{
	union {
		char at[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
		struct cmsghdr align;
	} control = {.at = {0}};
	unsigned char byte = 0;
	struct iovec pieces[] = {
		{.iov_base = &byte, .iov_len = 1}, {.iov_base = asked, .iov_len = SERVE_ASKED_MAX - 1}};
	struct msghdr m = {.msg_iov = pieces,
		.msg_iovlen = COUNT_OF(pieces),
		.msg_control = control.at,
		.msg_controllen = sizeof control.at};
	ssize_t n;
	do
		n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(DESCRIPTORS * sizeof(int)))
		bug("a message without its three descriptors");
	if (m.msg_flags & MSG_TRUNC)
		bug("a message that asks too much");
	asked[n - 1] = '\0';
	memcpy(fds, CMSG_DATA(c), DESCRIPTORS * sizeof(int));
	*kind = byte;
	return true;
}

/* The received descriptors are above 2, so none overwrites another. */
static void take_descriptors(const int fds[DESCRIPTORS])
{
	for (int i = 0; i < DESCRIPTORS; i++)
		if (fds[i] < DESCRIPTORS || dup2(fds[i], i) != i)
			bug("could not take descriptor %d", i);
	if (close_range(DESCRIPTORS, ~0U, 0) != 0)
		bug("could not close what is not needed");
}

int serve(int socket, int (*one)(int kind, char *asked))
{
	static char asked[SERVE_ASKED_MAX];
	int kind, fds[DESCRIPTORS];
	/* 1 and 2 stay taken, so that what is received never lands there; children reap themselves. */
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	while (receive(socket, &kind, asked, fds)) {
		pid_t child = fork();
		if (child == 0) {
			take_descriptors(fds);
			_exit(one(kind, asked));
		}
		for (int i = 0; i < DESCRIPTORS; i++)
			close(fds[i]);
		if (child < 0)
			return EX_OSERR;
	}
	return EX_OK;
}
