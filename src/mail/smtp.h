/**
 * @file smtp.h  Hands one message to the mail server (RFC 5321), over libcurl
 *
 * smtp_send() blocks for seconds, minutes at worst: work threads only. smtp_init() is called once
 * before any thread. The server's certificate is always verified.
 */
#ifndef CARILLON_SMTP_H
#define CARILLON_SMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum smtp_tls { SMTP_STARTTLS, SMTP_TLS, SMTP_PLAIN };

/** The server, and as whom one writes; texts must outlive it */
struct smtp_conf {
	const char *host;
	uint16_t port;
	enum smtp_tls tls;		 /* SMTP_PLAIN: only for a server on this machine */
	const char *user, *password;	 /* "" for none                                   */
	const char *from;		 /* address                                       */
	const char *ca;			 /* file of authorities, "" for the system's      */
	bool (*stop_h)(const void *arg); /* true: break off; may be NULL                  */
	const void *arg;
};

/** A file that travels with the message, read from its beginning */
struct smtp_file {
	int fd;
	int64_t size;
	const char *name, *type; /* "message.wav", "audio/x-wav" */
};

struct smtp_message {
	const char *id; /* the same each time one message is tried; letters, digits, "-" */
	int64_t at;	/* wall ms                                                       */
	const char *to, *to_name, *from_name, *subject;
	const char *text, *html; /* UTF-8; html may be NULL */
	const struct smtp_file *files;
	unsigned count;
};

/** SMTP_LATER: worth another try; SMTP_REFUSED: never; SMTP_STOPPED: stop_h said so */
enum smtp_result { SMTP_SENT, SMTP_LATER, SMTP_REFUSED, SMTP_STOPPED };

int smtp_init(void);
enum smtp_result smtp_send(char *answer, size_t size, const struct smtp_conf *conf,
			   const struct smtp_message *m);

#endif
