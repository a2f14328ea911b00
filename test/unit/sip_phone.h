/**
 * @file sip_phone.h  A stack as in sip_rig.h, and one UDP phone that talks to it
 */
#ifndef TEST_SIP_PHONE_H
#define TEST_SIP_PHONE_H

#include "sip_rig.h"

static struct phone phone;

static int open_phone(void **state)
{
	int err = rig_open(state);

	phone_open(&phone, false, "127.0.0.1", stack_port(stack));
	return err;
}

static int close_phone(void **state)
{
	phone_close(&phone);
	return rig_close(state);
}

#endif
