/**
 * @file conf.h  The one configuration
 *
 * Every value stands in conf_table.h with its default, range and meaning. It is read from the file
 * (`key = value` lines) and then from CARILLON_* variables, which win. A wrong value stops the
 * start with the file, the key, the reason and an example. Read once by main, then immutable: any
 * thread.
 */
#ifndef CARILLON_CONF_H
#define CARILLON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONF_TEXT = 256, CONF_ERROR = 512 };

struct conf {
#define TEXT(field, env, def, help, example) char field[CONF_TEXT];
#define NUMBER(field, env, def, min, max, help, example) int64_t field;
#define FLAG(field, env, def, help) bool field;
#define CHOICE(field, env, def, choices, help) char field[CONF_TEXT];
#define ADDRESS(field, env, def, help, example) char field[CONF_TEXT];
#define PORTS(field, env, def, help, example) char field[CONF_TEXT];
#include "conf_table.h"
#undef TEXT
#undef NUMBER
#undef FLAG
#undef CHOICE
#undef PORTS
#undef ADDRESS
	uint16_t rtp_min, rtp_max; /* from rtp_ports */
};

int conf_load(struct conf *conf, const char *file, char *error, size_t size);
void conf_print_reference(void);

#endif
