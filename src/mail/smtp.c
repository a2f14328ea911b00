/**
 * @file smtp.c  Hands one message to the mail server
 */
#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "mime.h"
#include "own.h"
#include "smtp.h"
#include "text.h"

enum { CONNECT_S = 30, SEND_S = 600, STALL_S = 60, ANSWER = 200, URL = 320 };

/* One hand-over */
struct sending {
	const struct smtp_conf *conf;
	CURL *curl;
	struct curl_slist *headers, *to;
	curl_mime *mime;
	char answer[ANSWER]; /* the server's last line; once it refused, that one */
	char error[CURL_ERROR_SIZE];
};

static void sending_destructor(void *arg)
{
	struct sending *s = arg;

	curl_easy_cleanup(s->curl);
	curl_mime_free(s->mime);
	curl_slist_free_all(s->headers);
	curl_slist_free_all(s->to);
}

/** Once, before any thread; returns 0 or errno */
int smtp_init(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) ? ENOMEM : 0;
}

/* libcurl shows each line of the server here */
static size_t on_line(char *p, size_t size, size_t n, void *arg)
{
	struct sending *s = arg;
	size_t most = n < ANSWER - 1 ? n : ANSWER - 1, k = 0;

	if (s->answer[0] == '4' || s->answer[0] == '5')
		return size * n;
	for (size_t i = 0; i < most; i++) {
		if (p[i] >= ' ' && p[i] <= '~')
			s->answer[k++] = p[i];
	}
	s->answer[k] = '\0';
	return size * n;
}

static int on_progress(void *arg, curl_off_t dt, curl_off_t dn, curl_off_t ut, curl_off_t un)
{
	const struct sending *s = arg;

	return s->conf->stop_h && s->conf->stop_h(s->conf->arg);
}

static size_t file_read(char *p, size_t size, size_t n, void *arg)
{
	const struct smtp_file *f = arg;
	ssize_t got = read(f->fd, p, size * n);

	return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static int file_seek(void *arg, curl_off_t offset, int origin)
{
	const struct smtp_file *f = arg;

	return lseek(f->fd, offset, origin) < 0 ? CURL_SEEKFUNC_FAIL : CURL_SEEKFUNC_OK;
}

static bool header_add(struct sending *s, const char *line)
{
	struct curl_slist *list = curl_slist_append(s->headers, line);

	if (list)
		s->headers = list;
	return list != NULL;
}

static bool header_words(struct sending *s, const char *name, const char *text, const char *rest)
{
	char line[MIME_LINE];

	return mime_words(line, sizeof(line), name, text, rest) && header_add(s, line);
}

static bool headers_make(struct sending *s, const struct smtp_message *m)
{
	const char *domain = strchr(s->conf->from, '@') + 1;
	char date[MIME_DATE], line[MIME_LINE], from[MIME_ADDRESS + 4], to[MIME_ADDRESS + 4];

	mime_date(date, m->at);
	text_printf(from, sizeof(from), "%s<%s>", m->from_name[0] ? " " : "", s->conf->from);
	text_printf(to, sizeof(to), "%s<%s>", m->to_name[0] ? " " : "", m->to);
	text_printf(line, sizeof(line), "Date: %s", date);
	if (!header_add(s, line))
		return false;
	text_printf(line, sizeof(line), "Message-ID: <%s@%s>", m->id, domain);
	return header_add(s, line) && header_words(s, "From", m->from_name, from) &&
	       header_words(s, "To", m->to_name, to) &&
	       header_words(s, "Subject", m->subject, "") &&
	       header_add(s, "Auto-Submitted: auto-generated");
}

static bool text_add(curl_mime *mime, const char *text, const char *type)
{
	curl_mimepart *p = curl_mime_addpart(mime);

	return p && !curl_mime_data(p, text, CURL_ZERO_TERMINATED) && !curl_mime_type(p, type) &&
	       !curl_mime_encoder(p, "quoted-printable");
}

static bool file_add(curl_mime *mime, const struct smtp_file *f)
{
	curl_mimepart *p = curl_mime_addpart(mime);

	return p &&
	       !curl_mime_data_cb(p, f->size, file_read, file_seek, NULL, (void *)(uintptr_t)f) &&
	       !curl_mime_type(p, f->type) && !curl_mime_filename(p, f->name) &&
	       !curl_mime_encoder(p, "base64");
}

static bool body_make(struct sending *s, const struct smtp_message *m)
{
	curl_mime *both = m->html ? curl_mime_init(s->curl) : NULL;
	curl_mimepart *p;
	bool ok;

	s->mime = curl_mime_init(s->curl);
	ok = s->mime && text_add(both ? both : s->mime, m->text, "text/plain; charset=utf-8");
	if (m->html) {
		ok = ok && both && text_add(both, m->html, "text/html; charset=utf-8");
		p = ok ? curl_mime_addpart(s->mime) : NULL;
		ok = p && !curl_mime_subparts(p, both) &&
		     !curl_mime_type(p, "multipart/alternative");
		if (!ok)
			curl_mime_free(both);
	}
	for (unsigned i = 0; i < m->count && ok; i++)
		ok = file_add(s->mime, &m->files[i]);
	return ok;
}

static void options_set(struct sending *s, const struct smtp_message *m)
{
	const struct smtp_conf *c = s->conf;
	char url[URL];

	text_printf(url, sizeof(url), "%s://%s:%u", c->tls == SMTP_TLS ? "smtps" : "smtp", c->host,
		    c->port);
	curl_easy_setopt(s->curl, CURLOPT_URL, url);
	curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, (long)SEND_S);
	curl_easy_setopt(s->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(s->curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
	curl_easy_setopt(s->curl, CURLOPT_USE_SSL,
			 (long)(c->tls == SMTP_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (c->ca[0])
		curl_easy_setopt(s->curl, CURLOPT_CAINFO, c->ca);
	if (c->user[0]) {
		curl_easy_setopt(s->curl, CURLOPT_USERNAME, c->user);
		curl_easy_setopt(s->curl, CURLOPT_PASSWORD, c->password);
	}
	curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, c->from);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, s->to);
	curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, s->headers);
	curl_easy_setopt(s->curl, CURLOPT_MIMEPOST, s->mime);
	curl_easy_setopt(s->curl, CURLOPT_HEADERFUNCTION, on_line);
	curl_easy_setopt(s->curl, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(s->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(s->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(s->curl, CURLOPT_XFERINFODATA, s);
	curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, s->error);
}

/* What the operator has to mend is worth another try: the message is not to blame. */
static const char *operators(CURLcode rc, long code)
{
	if (rc == CURLE_LOGIN_DENIED || code == 530 || code == 534 || code == 535 || code == 538)
		return "The mail server does not accept mail_user and mail_password";
	switch (rc) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return "The mail server's certificate is not trusted; see mail_ca";
	case CURLE_USE_SSL_FAILED:
		return "The mail server does not offer STARTTLS; see mail_tls";
	case CURLE_SSL_CONNECT_ERROR:
		return "No TLS connection to the mail server; see mail_tls and mail_port";
	case CURLE_COULDNT_RESOLVE_HOST:
		return "The name of the mail server is not known; see mail_host";
	default:
		return NULL;
	}
}

/* By the server's code and not by libcurl's, which is the same for 451 and 550. */
static enum smtp_result judge(char *answer, size_t size, struct sending *s, CURLcode rc)
{
	const char *why;
	long code = 0;

	(void)curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &code);
	why = operators(rc, code);
	if (rc == CURLE_ABORTED_BY_CALLBACK)
		return SMTP_STOPPED;
	if (rc == CURLE_OK) {
		text_printf(answer, size, "%s", s->answer);
		return SMTP_SENT;
	}
	if (why)
		text_printf(answer, size, "%s.%s%s", why, code >= 400 ? " " : "",
			    code >= 400 ? s->answer : "");
	else if (code >= 400)
		text_printf(answer, size, "The mail server said: %s", s->answer);
	else
		text_printf(answer, size, "The mail server cannot be reached: %s",
			    s->error[0] ? s->error : curl_easy_strerror(rc));
	return code >= 500 && !why ? SMTP_REFUSED : SMTP_LATER;
}

/**
 * Hands a message to the mail server and hears what it says
 *
 * @param answer What happened, one sentence for people
 * @param size   Its size
 * @param conf   Server
 * @param m      Message
 *
 * @return Whether it was sent, or is worth another try
 */
enum smtp_result smtp_send(char *answer, size_t size, const struct smtp_conf *conf,
			   const struct smtp_message *m)
{
	AUTO struct sending *s = mem_zalloc(sizeof(*s), sending_destructor);

	answer[0] = '\0';
	if (!mime_address_valid(m->to) || !mime_address_valid(conf->from)) {
		text_printf(answer, size, "This is not an e-mail address: %s",
			    mime_address_valid(m->to) ? conf->from : m->to);
		return SMTP_REFUSED;
	}
	if (s) {
		s->conf = conf;
		s->curl = curl_easy_init();
		s->to = curl_slist_append(NULL, m->to);
	}
	if (!s || !s->curl || !s->to || !headers_make(s, m) || !body_make(s, m)) {
		text_printf(answer, size, "There is not enough memory.");
		return SMTP_LATER;
	}
	options_set(s, m);
	return judge(answer, size, s, curl_easy_perform(s->curl));
}
