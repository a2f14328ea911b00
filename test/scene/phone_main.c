/**
 * @file phone_main.c  phone: one telephone of the scenes as a program, driven by lines on its input
 *
 *     phone udp|tcp|tls SERVER:PORT 1002@northwind.localhost PASSWORD TONE-HZ [USER-NAME]
 *
 * Commands: dial NUMBER, answer, reject CODE, hangup, hold, resume, transfer NUMBER, press KEYS,
 * tone HZ (to speak from now on), silence, speak, register, busy, quit. It prints one JSON object a
 * line: what happens, and five times a second what it hears.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "phone.h"

enum { HEAR_MS = 200, COMMAND = 256 };

static struct phone *phone;
static struct tmr hear_tmr;
static char command[COMMAND];
static size_t command_len;

static void hear(void *arg)
{
	const struct line *l = phone_line(phone, 0);

	tmr_start(&hear_tmr, HEAR_MS, hear, NULL);
	if (l && l->state != LINE_OVER && l->voice->ear.count) {
		const struct ear *e = &l->voice->ear;
		double hz = ear_loudest(e);

		printf("{\"event\":\"hears\",\"hz\":%.0f,\"share\":%.2f,\"level\":%.0f,"
		       "\"packets\":%llu,\"keys\":\"%s\"}\n",
		       hz, ear_share(e, hz), ear_level(e), (unsigned long long)l->voice->packets_in,
		       l->voice->keys_in);
		fflush(stdout);
	}
}

/* Names come from the network: what would break the line is left out. */
static void print_text(const char *text)
{
	for (; *text; text++) {
		if (*text != '"' && *text != '\\' && (unsigned char)*text >= ' ')
			putchar(*text);
	}
}

static void event(struct phone *p, struct line *l, const char *what, void *arg)
{
	printf("{\"event\":\"%s\"", what);
	if (l) {
		printf(",\"number\":\"");
		print_text(l->peer_number);
		printf("\",\"name\":\"");
		print_text(l->peer_name);
		printf("\",\"code\":%u,\"held\":%s", l->code,
		       sdp_media_dir(l->audio) & SDP_SENDONLY ? "false" : "true");
	}
	puts("}");
	fflush(stdout);
}

/* Packets go on, as of a phone whose user says nothing. */
static int be_silent(struct line *l, bool silent)
{
	if (!l || l->state != LINE_UP)
		return ENOTCONN;
	l->voice->muted = silent;
	return 0;
}

static int run(const char *verb, const char *word)
{
	struct line *l = phone_line(phone, 0);
	struct dial d = {.number = word};

	if (!strcmp(verb, "dial"))
		return line_dial(&l, phone, &d);
	if (!strcmp(verb, "answer"))
		return line_answer(l);
	if (!strcmp(verb, "reject"))
		return line_reject(l, (uint16_t)atoi(word));
	if (!strcmp(verb, "hold") || !strcmp(verb, "resume"))
		return line_hold(l, !strcmp(verb, "hold"));
	if (!strcmp(verb, "transfer"))
		return line_transfer(l, word, NULL);
	if (!strcmp(verb, "press"))
		return l ? voice_press(l->voice, word) : ENOTCONN;
	if (!strcmp(verb, "silence") || !strcmp(verb, "speak"))
		return be_silent(l, !strcmp(verb, "silence"));
	if (!strcmp(verb, "register"))
		return phone_register(phone);
	if (!strcmp(verb, "busy"))
		phone->busy = 486;
	else if (!strcmp(verb, "hangup") && l)
		line_hangup(l);
	else if (!strcmp(verb, "tone") && l)
		l->voice->tone = atof(word);
	else if (!strcmp(verb, "quit"))
		re_cancel();
	else
		return ENOSYS;
	return 0;
}

static void command_run(char *row)
{
	char *word = strchr(row, ' ');
	int err;

	if (word)
		*word++ = '\0';
	err = run(row, word ? word : "");
	printf("{\"event\":\"%s\",\"command\":\"%s\"}\n", err ? "failed" : "done", row);
	fflush(stdout);
}

static void input(int flags, void *arg)
{
	ssize_t n = read(STDIN_FILENO, command + command_len, sizeof(command) - 1 - command_len);
	char *end;

	if (n <= 0) {
		re_cancel();
		return;
	}
	command_len += (size_t)n;
	command[command_len] = '\0';
	while ((end = strchr(command, '\n')) != NULL) {
		*end = '\0';
		command_run(command);
		command_len -= (size_t)(end + 1 - command);
		memmove(command, end + 1, command_len + 1);
	}
	if (command_len + 1 >= sizeof(command))
		command_len = 0;
}

static int phone_open(char **argv)
{
	struct phone_conf conf = {.name = "phone",
				  .server = argv[2],
				  .password = argv[4],
				  .user = argv[6],
				  .local = "127.0.0.1",
				  .tone = atof(argv[5])};
	char *at = strchr(argv[3], '@');
	int err;

	conf.tp = !strcmp(argv[1], "tls")   ? SIP_TRANSP_TLS
		  : !strcmp(argv[1], "tcp") ? SIP_TRANSP_TCP
					    : SIP_TRANSP_UDP;
	if (!at)
		return EINVAL;
	*at = '\0';
	conf.number = argv[3];
	conf.domain = at + 1;
	err = phone_alloc(&phone, &conf, event, NULL);
	return err ? err : phone_register(phone);
}

static void settled(void *arg)
{
	re_cancel();
}

int main(int argc, char **argv)
{
	int err;

	if (argc != 6 && argc != 7) {
		fputs("phone udp|tcp|tls SERVER:PORT EXTENSION@DOMAIN PASSWORD TONE-HZ [USER]\n",
		      stderr);
		return 2;
	}
	err = phone_begin();
	if (!err)
		err = phone_open(argv);
	if (!err)
		err = fd_listen(STDIN_FILENO, FD_READ, input, NULL);
	if (!err) {
		tmr_start(&hear_tmr, HEAR_MS, hear, NULL);
		(void)re_main(NULL);
		fd_close(STDIN_FILENO);
		list_flush(&phone->lines);
		phone_unregister(phone);
		tmr_start(&hear_tmr, HEAR_MS, settled, NULL);
		(void)re_main(NULL);
	}
	mem_deref(phone);
	libre_close();
	return err ? 1 : 0;
}
