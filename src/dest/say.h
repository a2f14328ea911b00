/* Sentences out of prompts: what stream_play() takes. What does not fit any more is left out. */
#ifndef CARILLON_SAY_H
#define CARILLON_SAY_H

#include <stdbool.h>
#include <stdint.h>
#include "blob.h"

enum { SAY_SIZE = 1024 };

/* What was asked for could not be done: "I'm sorry. Please try again" */
#define SAY_FAILED "im-sorry&vm-pls-try-again"

struct tenant_extension;

struct say {
	char what[SAY_SIZE];
};

void say_begin(struct say *s);
void say_add(struct say *s, const char *prompts);
void say_digits(struct say *s, const char *digits);
void say_number(struct say *s, unsigned n);
void say_time(struct say *s, int64_t local_ms, int64_t local_now);
void say_blob(struct say *s, const struct blobs *bs, const char *key);
bool say_name(struct say *s, const struct blobs *bs, const struct tenant_extension *e);
void say_unavailable(struct say *s, const struct blobs *bs, const struct tenant_extension *e);
void say_press(struct say *s, char key, const char *prompts);

#endif
