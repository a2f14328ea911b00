/* What the bodies of requests about calls, and calls for help, may hold */
#ifndef CARILLON_API_CALL_FIELDS_H
#define CARILLON_API_CALL_FIELDS_H

#include "cdr.h"
#include "emergency.h"
#include "phone.h"
#include "web.h"

static const struct field call_fields[] = {
	{.name = "note", .type = FIELD_NOTE, .max = CDR_NOTE - 1},
	{.name = "rating", .type = FIELD_CHOICE, .nullable = true, .choices = "poor fair good"},
};

static const struct field test_call_fields[] = {
	{.name = "from", .type = FIELD_TEXT, .max = PHONE_SIZE - 1},
};

static const struct field desk_call_fields[] = {
	{.name = "to", .type = FIELD_TEXT, .required = true, .min = 1, .max = PHONE_SIZE - 1},
};

static const struct field emergency_fields[] = {
	{.name = "numbers", .type = FIELD_WORDS, .max = EMERGENCY_MAX},
	{.name = "address", .type = FIELD_NOTE, .max = EMERGENCY_ADDRESS - 1},
	{.name = "notify", .type = FIELD_TEXT, .max = EMAILS - 1},
};

#endif
