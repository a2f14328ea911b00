/**
 * @file call_flow.h  Call flows: a switch between day and night
 *
 * People switch it by the code *28 and its number, or in the portal. A PIN may be asked for; wrong
 * ones lock the code for a while (pin.h), not the portal. What follows stands in dest_exit.h, under
 * the exits day and night. Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_CALL_FLOW_H
#define CARILLON_CALL_FLOW_H

#include "dest.h"
#include "id.h"
#include "pin.h"

enum { CALL_FLOW_NUMBER = 3 };

struct call_flow {
	int64_t tenant;
	char id[ID_SIZE];
	char number[CALL_FLOW_NUMBER]; /* 1 to 99, dialled after the code */
	char name[MODEL_NAME];
	char pin[SECRET_MAC]; /* "": none is asked for */
	struct pin_lock pin_lock;
	bool night;
	bool has_day_dest, has_night_dest;
	struct dest day_dest, night_dest;
	int64_t created_at, version;
};

typedef int(call_flow_h)(const struct call_flow *f, void *arg);

void call_flow_pin(char mac[SECRET_MAC], const struct secret *s, int64_t tenant, const char *number,
		   const char *pin);
int call_flow_check(struct field_errors *fe, struct db *db, const struct call_flow *f);
int call_flow_add(struct db *db, struct call_flow *f);
int call_flow_get(struct call_flow *f, struct db *db, int64_t tenant, const char *id);
int call_flow_by_number(struct call_flow *f, struct db *db, int64_t tenant, const char *number);
int call_flow_change(struct db *db, struct call_flow *f);
int call_flow_turn(enum pin_result *result, struct call_flow *f, struct db *db,
		   const struct secret *s, int64_t tenant, const char *number, const char *pin,
		   int64_t now);
int call_flow_remove(struct db *db, int64_t tenant, const char *id);
int call_flow_list(struct db *db, int64_t tenant, const char *after, unsigned limit, call_flow_h *h,
		   void *arg);

#endif
