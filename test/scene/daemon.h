/**
 * @file daemon.h  The program under test: its own ports, its own folder, its own clock
 */
#ifndef SCENE_DAEMON_H
#define SCENE_DAEMON_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Of the ports of a scene those from PEERS to the ninth are for peers such as sipp, SMTP is the
 * mail server's. */
enum { PEERS = 4, SMTP = 10 };

struct daemon {
	const char *program;
	char dir[128]; /* of the scene: data, daemon.log and clock are in it */
	int slot_fd;
	uint16_t http, https, sip, sips, rtp_first, rtp_last;
	uint64_t *clock;
	pid_t pid;
};

int daemon_alloc(struct daemon **dp, const char *program, const char *dir);
int daemon_start(struct daemon *d);
int daemon_ready(struct daemon *d);
bool daemon_dead(struct daemon *d, int *status);
int daemon_stop(struct daemon *d, int sig, unsigned ms);
unsigned daemon_complaints(const struct daemon *d);
uint64_t daemon_wall_ms(const struct daemon *d);
void daemon_clock_add(struct daemon *d, uint64_t ms);

#endif
