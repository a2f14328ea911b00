/**
 * @file emergency_address.h  The address that is on file for whoever calls for help
 *
 * A few lines as a person writes them: street, floor and room, city. Nobody sends it to the
 * operator; who calls reads it and says so when it is wrong. Pure; any thread.
 */
#ifndef CARILLON_EMERGENCY_ADDRESS_H
#define CARILLON_EMERGENCY_ADDRESS_H

#include "field.h"

/* Short enough for a line of a call's story; as one line each line end becomes a comma and a blank
 */
enum {
	EMERGENCY_ADDRESS = 201,
	EMERGENCY_ADDRESS_LINES = 5,
	EMERGENCY_ADDRESS_LINE = EMERGENCY_ADDRESS + EMERGENCY_ADDRESS_LINES - 1
};

void emergency_address_tidy(char *address);
void emergency_address_check(struct field_errors *fe, const char *name, const char *address);
void emergency_address_line(char line[EMERGENCY_ADDRESS_LINE], const char *address);

#endif
