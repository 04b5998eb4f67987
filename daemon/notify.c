#include "daemon/notify.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ledger/base/bytes.h"
#include "ledger/base/text.h"

void notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	if (!path || (*path != '/' && *path != '@') || strlen(path) >= sizeof to.sun_path)
		return;
	memcpy(to.sun_path, path, strlen(path));
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (*path == '@')
		to.sun_path[0] = '\0'; /* an abstract address */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)!sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&to, size);
	close(fd);
}

void notify_ready(void)
{
	notify("READY=1");
	const char *text = getenv("CHITRA_READY_FD");
	uint64_t fd;
	if (!text || !text_u64(bytes_z(text), 65535, &fd))
		return;
	unsetenv("CHITRA_READY_FD");
	(void)!write((int)fd, "1", 1);
	close((int)fd);
}

int64_t notify_watchdog_ms(void)
{
	const char *text = getenv("WATCHDOG_USEC");
	uint64_t us;
	if (!text || !text_u64(bytes_z(text), INT64_MAX, &us))
		return 0;
	return (int64_t)(us / 2000);
}
