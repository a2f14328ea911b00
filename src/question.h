/**
 * @file question.h  What a web thread asks of the core: a mem object with its answer
 *
 * It is posted to the core actor and waited for; the handler fills in rows or err. Files of src
 * only.
 */
#ifndef CARILLON_QUESTION_H
#define CARILLON_QUESTION_H

#include "house.h"
#include "reach.h"
#include "snapshot.h"

/** One question and its answer; which of the fields are used depends on the question */
struct question {
	struct house *house;
	int64_t tenant;
	char name[SIP_URI], device[ID_SIZE];
	char text[PHONE_SIZE];
	bool any;
	struct device browser;
	struct dest dest;
	int64_t at;
	struct voicemail_counts waiting;
	void *rows; /* mem object */
	size_t count, size;
	const struct tenant *old; /* shared: what the snapshot takes over from */
	struct tenant *snapshot;  /* shared */
	struct trunks *trunks;	  /* shared */
	struct rates *rates;	  /* shared */
	int err;
};

struct question *question_make(void *house, int64_t tenant);
int question_ask(struct question *q, actor_h *h, void **rows, size_t *count);
int question_row(struct question *q, actor_h *h, void *row, size_t size);
void *question_add(struct question *q, size_t row);

/* rules_wire.c, bells.c */
int live_reach(struct reach **r, int64_t tenant, const struct dest *start, const char *caller,
	       int64_t at, void *arg);
int live_follow(struct reach_warnings **w, int64_t tenant, const char *extension, void *arg);
int live_way(struct live_way *w, int64_t tenant, const char *dialled, void *arg);
int live_prices(struct live_price *v, size_t n, int64_t tenant, bool fax, void *arg);
int live_bells(int64_t tenant, const char *extension_id, void *arg);
int live_queue(struct live_queue **row, int64_t tenant, const char *id, void *arg);
int live_agent_ready(int64_t tenant, const char *extension_id, void *arg);

#endif
