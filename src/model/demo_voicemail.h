/**
 * @file demo_voicemail.h  Messages for the demo; only for demo.c
 */
#ifndef CARILLON_DEMO_VOICEMAIL_H
#define CARILLON_DEMO_VOICEMAIL_H

#include "demo.h"

int demo_voicemail(struct db *db, const struct demo_conf *conf, int64_t tenant);

#endif
