#include "bankapi/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/base/clock.h"
#include "ledger/base/failpoint.h"

enum {
	REPLY_HEADERS_MAX = 32 * 1024, /* bytes of all header lines of one reply */
	BASE_URL_MAX = 512,
	URL_MAX = 1024,
	CONNECT_MS_MAX = 10000,
};

/* One easy handle and what belongs to the request that it carries. Kept for the next request: a new handle and its
 * forty options cost as much as the request. */
struct exchange {
	struct http *http;
	struct exchange *next;     /* in the list of free or of busy ones */
	struct exchange *previous; /* busy ones only */
	CURL *easy;
	struct curl_slist *headers;
	struct bytes body;
	void *user;
	int64_t began_us;
	size_t header_bytes;
	bool seen_id, seen_timestamp, seen_signature;
	struct buf reply;
	struct http_result result;
	char error[CURL_ERROR_SIZE];
};

struct http {
	struct http_options o;
	CURLM *multi;
	struct exchange *free;
	struct exchange *busy;
	size_t in_flight;
	bool ending;
};

static void must(CURLcode code)
{
	if (code != CURLE_OK)
		bug("libcurl refused an option: %s", curl_easy_strerror(code));
}

static void must_multi(CURLMcode code)
{
	if (code != CURLM_OK)
		bug("libcurl's multi interface failed: %s", curl_multi_strerror(code));
}

static void init_libcurl(void)
{
	must(curl_global_init(CURL_GLOBAL_DEFAULT));
}

/* ---- callbacks of one exchange ---- */

/* The only place where a byte of a request leaves our hands, so the only witness of NOT_SENT. CURLINFO_SIZE_UPLOAD is
 * none: it read 0 although the server had the body. */
static size_t hand_over(char *into, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	size_t left = x->body.n - x->result.handed_over;
	size_t room = size * n;
	size_t give = left < room ? left : room;
	const struct http_options *o = &x->http->o;

	if ((x->result.handed_over == 0 && failpoint("request.first-byte")) ||
		(give == left && give > 0 && failpoint("request.last-byte")))
		return CURL_READFUNC_ABORT;
	if (x->result.handed_over == 0 && o->may_leave != NULL && !o->may_leave(o->end_ctx, x->user))
		return CURL_READFUNC_ABORT;
	memcpy(into, x->body.at + x->result.handed_over, give);
	x->result.handed_over += give;
	return give;
}

/* Called when libcurl wants to post again by itself. Never: the bank may have read the first. */
static int refuse_to_rewind(void *arg, curl_off_t offset, int origin)
{
	(void)arg;
	(void)offset;
	(void)origin;
	return CURL_SEEKFUNC_FAIL;
}

static size_t take_body(char *from, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;

	return buf_add(&x->reply, from, size * n) ? size * n : 0;
}

/* Copies the value of "name: value\r\n" when the name is the wanted one. A header given twice is trusted neither time. */
static void take_value(char *into, bool *seen, const char *name, const char *line, size_t n)
{
	size_t name_n = strlen(name);

	if (n <= name_n || line[name_n] != ':' || strncasecmp(line, name, name_n) != 0)
		return;
	line += name_n + 1;
	n -= name_n + 1;
	while (n > 0 && (line[0] == ' ' || line[0] == '\t')) {
		line++;
		n--;
	}
	while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL)
		n--;
	if (*seen || n >= HTTP_HEADER_MAX || memchr(line, '\0', n) != NULL)
		n = 0;
	memcpy(into, line, n);
	into[n] = '\0';
	*seen = true;
}

static int64_t parse_seconds(const char *text)
{
	int64_t seconds = 0;

	if (strlen(text) > 9)
		return 0;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return 0;
		seconds = seconds * 10 + (*text - '0');
	}
	return seconds;
}

static size_t take_header(char *line, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	struct http_result *r = &x->result;
	char retry_after[HTTP_HEADER_MAX] = "", date[HTTP_HEADER_MAX] = "";
	bool seen_retry_after = false, seen_date = false;

	n *= size;
	x->header_bytes += n;
	if (x->header_bytes > REPLY_HEADERS_MAX)
		return 0;
	if (n > 5 && memcmp(line, "HTTP/", 5) == 0) {
		/* a new head, as after "100 Continue": the one before says nothing */
		r->webhook_id[0] = r->webhook_timestamp[0] = r->webhook_signature[0] = '\0';
		r->retry_after_s = r->date_s = 0;
		x->seen_id = x->seen_timestamp = x->seen_signature = false;
		return n;
	}
	take_value(r->webhook_id, &x->seen_id, "webhook-id", line, n);
	take_value(r->webhook_timestamp, &x->seen_timestamp, "webhook-timestamp", line, n);
	take_value(r->webhook_signature, &x->seen_signature, "webhook-signature", line, n);
	take_value(retry_after, &seen_retry_after, "retry-after", line, n);
	if (retry_after[0] != '\0')
		r->retry_after_s = parse_seconds(retry_after);
	take_value(date, &seen_date, "date", line, n);
	if (date[0] != '\0')
		r->date_s = curl_getdate(date, NULL) > 0 ? curl_getdate(date, NULL) : 0;
	return n;
}

/* ---- the pool ---- */

static void set_peer(CURL *e, const struct http_peer *p)
{
	if (p->unix_socket != NULL)
		must(curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, p->unix_socket));
	if (p->ca_file != NULL)
		must(curl_easy_setopt(e, CURLOPT_CAINFO, p->ca_file));
	if (p->cert_file != NULL)
		must(curl_easy_setopt(e, CURLOPT_SSLCERT, p->cert_file));
	if (p->key_file != NULL)
		must(curl_easy_setopt(e, CURLOPT_SSLKEY, p->key_file));
	if (p->pinned_key != NULL)
		must(curl_easy_setopt(e, CURLOPT_PINNEDPUBLICKEY, p->pinned_key));
}

static struct exchange *exchange_new(struct http *h)
{
	struct exchange *x = calloc(1, sizeof *x);

	bug_if(x == NULL);
	x->http = h;
	x->easy = curl_easy_init();
	bug_if(x->easy == NULL);

	CURL *e = x->easy;

	set_peer(e, &h->o.peer);
	must(curl_easy_setopt(e, CURLOPT_PRIVATE, x));
	must(curl_easy_setopt(e, CURLOPT_ERRORBUFFER, x->error));
	must(curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L));
	must(curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1));
	must(curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https"));
	must(curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L));
	must(curl_easy_setopt(e, CURLOPT_PROXY, "")); /* no proxy out of the environment */
	must(curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L));
	must(curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L));
	must(curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2));
	must(curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L));
	must(curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L));
	must(curl_easy_setopt(e, CURLOPT_READFUNCTION, hand_over));
	must(curl_easy_setopt(e, CURLOPT_READDATA, x));
	must(curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, refuse_to_rewind));
	must(curl_easy_setopt(e, CURLOPT_SEEKDATA, x));
	must(curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body));
	must(curl_easy_setopt(e, CURLOPT_WRITEDATA, x));
	must(curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_header));
	must(curl_easy_setopt(e, CURLOPT_HEADERDATA, x));
	return x;
}

static struct exchange *take_from_pool(struct http *h)
{
	struct exchange *x = h->free;

	if (x == NULL)
		x = exchange_new(h);
	else
		h->free = x->next;
	x->next = h->busy;
	x->previous = NULL;
	if (h->busy != NULL)
		h->busy->previous = x;
	h->busy = x;
	h->in_flight++;
	return x;
}

static void give_back(struct exchange *x)
{
	struct http *h = x->http;

	if (x->next != NULL)
		x->next->previous = x->previous;
	if (x->previous != NULL)
		x->previous->next = x->next;
	else
		h->busy = x->next;
	x->next = h->free;
	h->free = x;
	x->body = (struct bytes){0};
	curl_slist_free_all(x->headers);
	x->headers = NULL;
	buf_free(&x->reply);
}

static void exchange_free(struct exchange *x)
{
	curl_easy_cleanup(x->easy);
	free(x);
}

/* ---- the end of an exchange ---- */

static const char *code_of(CURLcode code)
{
	/* libcurl's enum is open: no switch */
	if (code == CURLE_OPERATION_TIMEDOUT)
		return "timed_out";
	if (code == CURLE_COULDNT_CONNECT)
		return "not_connected";
	if (code == CURLE_COULDNT_RESOLVE_HOST)
		return "not_resolved";
	if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
		code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE ||
		code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
		return "tls_failed";
	if (code == CURLE_WRITE_ERROR)
		return "reply_too_large";
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return "held_back";
	if (code == CURLE_SEND_FAIL_REWIND)
		return "not_repeated";
	if (code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
		code == CURLE_PARTIAL_FILE)
		return "connection_lost";
	return "transport";
}

static void end(struct exchange *x, bool complete, const char *code, const char *text)
{
	struct http *h = x->http;
	struct http_result *r = &x->result;
	long status = 0;

	must(curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status));
	must_multi(curl_multi_remove_handle(h->multi, x->easy));
	r->status = (int)status;
	r->took_us = monotonic_us() - x->began_us;
	r->body = (struct bytes){.at = x->reply.at, .n = x->reply.n};
	/* In this order: a reply to a request that was not handed over whole answers something else. */
	if (r->handed_over < x->body.n)
		r->transport = HTTP_NOT_SENT;
	else if (complete)
		r->transport = HTTP_REPLIED;
	else
		r->transport = HTTP_UNKNOWN;
	if (r->transport != HTTP_REPLIED)
		(void)why_set(
			&r->why, code, "%zu of %zu bytes handed over: %s", r->handed_over, x->body.n, text);
	h->in_flight--; /* before, so that the end may post the next one */
	h->o.end(h->o.end_ctx, x->user, r);
	give_back(x);
}

static void end_what_is_done(struct http *h)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
		struct exchange *x;
		CURLcode code = m->data.result;

		bug_if(m->msg != CURLMSG_DONE);
		must(curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&x));
		if (code == CURLE_OK && failpoint("reply.read"))
			code = CURLE_RECV_ERROR;
		end(x, code == CURLE_OK, code == CURLE_OK ? "answered_early" : code_of(code),
			x->error[0] != '\0' ? x->error : curl_easy_strerror(code));
	}
}

/* ---- the loop's side ---- */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *assigned)
{
	struct http *h = arg;
	int watch = 0;

	(void)easy;
	(void)assigned;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		watch |= HTTP_WATCH_READ;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		watch |= HTTP_WATCH_WRITE;
	h->o.poller.watch(h->o.poller.ctx, fd, watch);
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *arg)
{
	struct http *h = arg;

	(void)multi;
	h->o.poller.timer(h->o.poller.ctx, ms);
	return 0;
}

void http_ready(struct http *h, int fd, int what)
{
	int running;
	int ready = (what & HTTP_WATCH_READ ? CURL_CSELECT_IN : 0) |
		    (what & HTTP_WATCH_WRITE ? CURL_CSELECT_OUT : 0);

	must_multi(curl_multi_socket_action(h->multi, fd, ready, &running));
	end_what_is_done(h);
}

void http_timeout(struct http *h)
{
	int running;

	must_multi(curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running));
	end_what_is_done(h);
}

size_t http_in_flight(const struct http *h)
{
	return h->in_flight;
}

/* ---- making and ending clients ---- */

/* Without TLS only on this machine: account numbers and names are in every request. */
static bool is_here(const char *host)
{
	static const char *const ours[] = {"127.0.0.1", "localhost", "[::1]"};

	for (size_t i = 0; i < COUNT_OF(ours); i++) {
		size_t n = strlen(ours[i]);

		if (strncmp(host, ours[i], n) == 0 && (host[n] == '\0' || host[n] == ':' || host[n] == '/'))
			return true;
	}
	return false;
}

static bool base_url_fits(const struct http_peer *peer, struct why *why)
{
	const char *url = peer->base_url;
	size_t n = strlen(url);

	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		return why_set(why, "bad_url", "the bank's address must begin with https:// or http://");
	if (url[4] == ':' && peer->unix_socket == NULL && !is_here(url + 7))
		return why_set(why, "bad_url",
			"the bank's address must begin with https://: http:// is for this machine only");
	if (n > BASE_URL_MAX || url[n - 1] == '/' || strpbrk(url, " \t\r\n?#@") != NULL)
		return why_set(why, "bad_url",
			"the bank's address must be like https://host:port/path, without a slash at its end");
	return true;
}

struct http *http_new(const struct http_options *o, struct why *why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	bug_if(o->in_flight_max < 1 || o->in_flight_max > 1024 || o->end == NULL);
	if (!base_url_fits(&o->peer, why))
		return NULL;
	bug_if(pthread_once(&once, init_libcurl) != 0);

	struct http *h = calloc(1, sizeof *h);

	bug_if(h == NULL);
	h->o = *o;
	h->multi = curl_multi_init();
	bug_if(h->multi == NULL);
	must_multi(curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket));
	must_multi(curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h));
	must_multi(curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer));
	must_multi(curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h));
	must_multi(curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING));
	/* more than can be in flight, or libcurl closes connections that the next request would have reused */
	must_multi(curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)o->in_flight_max + 16));
	return h;
}

void http_free(struct http *h)
{
	if (h == NULL)
		return;
	h->ending = true;
	while (h->busy != NULL)
		end(h->busy, false, "abandoned", "we stopped waiting");
	while (h->free != NULL) {
		struct exchange *x = h->free;

		h->free = x->next;
		exchange_free(x);
	}
	must_multi(curl_multi_cleanup(h->multi));
	free(h);
}

/* ---- a request ---- */

static struct curl_slist *header_list(const struct http_request *r)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	bug_if(list == NULL);
	for (size_t i = 0; i < r->headers_n; i++) {
		char line[HTTP_HEADER_MAX + 128];
		int n = snprintf(line, sizeof line, "%s: %s", r->headers[i].name, r->headers[i].value);

		bug_if(n < 0 || (size_t)n >= sizeof line || strpbrk(line, "\r\n") != NULL);
		bug_if(curl_slist_append(list, line) == NULL);
	}
	return list;
}

static bool begin(struct http *h, const struct http_request *r, struct why *why)
{
	bug_if(r->deadline_ms < 1);
	if (h->ending)
		return why_set(why, "ending", "the client is being closed");
	if (h->in_flight >= h->o.in_flight_max)
		return why_set(why, "busy", "%zu requests are in flight already", h->in_flight);

	struct exchange *x = take_from_pool(h);
	char url[URL_MAX];
	int n = snprintf(url, sizeof url, "%s%s", h->o.peer.base_url, r->path);

	bug_if(n < 0 || (size_t)n >= sizeof url);
	must(curl_easy_setopt(x->easy, CURLOPT_URL, url));
	x->headers = header_list(r);
	x->body = r->body;
	x->user = r->user;
	x->began_us = monotonic_us();
	x->header_bytes = 0;
	x->seen_id = x->seen_timestamp = x->seen_signature = false;
	x->error[0] = '\0';
	buf_init(&x->reply, r->reply_max);
	memset(&x->result, 0, sizeof x->result);
	must(curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers));
	if (r->body.n == 0) {
		must(curl_easy_setopt(x->easy, CURLOPT_HTTPGET, 1L));
	} else {
		must(curl_easy_setopt(x->easy, CURLOPT_POST, 1L));
		must(curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n));
	}
	must(curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS, r->deadline_ms));
	must(curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS,
		r->deadline_ms < CONNECT_MS_MAX ? r->deadline_ms : (long)CONNECT_MS_MAX));
	must_multi(curl_multi_add_handle(h->multi, x->easy));
	return true;
}

bool http_post(struct http *h, const struct http_request *r, struct why *why)
{
	bug_if(r->body.n == 0);
	return begin(h, r, why);
}

bool http_get(struct http *h, const struct http_request *r, struct why *why)
{
	bug_if(r->body.n != 0);
	return begin(h, r, why);
}
