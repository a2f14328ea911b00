/* The menu of a mailbox: what its files share */
#ifndef CARILLON_MAILBOX_MENU_H
#define CARILLON_MAILBOX_MENU_H

#include "mailbox_ask.h"
#include "say.h"

enum { MENU_KEYS = 24 };

enum state {
	ASKING, /* the store, or the end of a recording */
	BOX,
	PIN,
	MAIN,
	MESSAGE,
	GREETINGS,
	RECORDING,
	PIN_NEW,
	PIN_AGAIN,
	FORWARD,
	LEAVING,
	STATES
};

struct menu {
	uint64_t serial;
	const struct tenant_extension *to; /* whose mailbox; NULL: nobody's */
	bool own;			   /* called from a phone of its extension */
	enum state state;
	uint32_t play, record;
	char keys[MENU_KEYS + 1], ahead[MENU_KEYS + 1]; /* collected; pressed too early */
	char lead[SAY_SIZE / 2];			/* said before the next prompt  */
	unsigned tries, repeats;
	struct voicemail_counts counts;
	const char *folder;
	struct voicemail *list;
	unsigned count, at;
	bool deleted;  /* something was, in this call          */
	bool sounding; /* the message itself is played, not its menu */
	int64_t offset_ms;
	char pin[PIN_MAX + 2];
	struct take *take;
	bool naming; /* what is recorded is the owner's name, not a greeting */
};

/** A greeting being recorded; whoever hangs up meanwhile has changed nothing */
struct take {
	struct exchange *x;
	struct step *step; /* NULL once it was left */
	bool finished;	   /* by a key that did not come with the audio */
};

void menu_lead(struct menu *m, const char *prompts);
void menu_go(struct step *s, enum state state);
void menu_leave(struct step *s, const char *lead);
struct ask *menu_question(struct step *s, ask_fn *fn, ask_reply_h *reply);
void menu_ask(struct step *s, struct ask *a);
struct blobs *menu_blobs(const struct step *s);

typedef void(menu_act)(struct step *s);

/* mailbox_messages.c */
void say_message(struct step *s, struct say *say);
void message_heard(struct step *s);
menu_act act_new, act_old, act_again, act_save, act_delete, act_call_back, act_forward, act_next,
	act_previous, act_deleted, act_facts, forward_entered;

/* mailbox_greeting.c */
void say_greetings(struct step *s, struct say *say);
void say_recording(struct step *s, struct say *say);
void greeting_record(struct step *s);
menu_act act_record, act_record_name, act_recorded, act_hear_greeting, act_spoken_greeting;

#endif
