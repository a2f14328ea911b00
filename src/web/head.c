/**
 * @file head.c  The security headers that stand on every response
 */
#include "server.h"

/* Trusted Types: Svelte's own policy and the one for pdf.js' worker; nothing else makes HTML. */
#define CSP                                                                                        \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "    \
	"font-src 'self'; connect-src 'self'%s%s; media-src 'self' blob:; worker-src 'self'; "     \
	"manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "       \
	"require-trusted-types-for 'script'; trusted-types svelte-trusted-html app-worker"

static const char *const heads[][2] = {
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "no-referrer"},
	{"Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=(), usb=()"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
};

/** The policy of a portal that may connect to these servers too, with a space between; 0 or ENOMEM
 */
int policy_alloc(char **policy, const char *servers)
{
	bool any = servers && servers[0];

	return re_sdprintf(policy, CSP, any ? " " : "", any ? servers : "");
}

/** Adds the headers; HSTS unless this is a server on loopback, where plain HTTP is served as well
 */
void security_heads(const struct web *w, struct MHD_Response *r)
{
	MHD_add_response_header(r, "Content-Security-Policy", w->policy);
	for (size_t i = 0; i < COUNT(heads); i++)
		MHD_add_response_header(r, heads[i][0], heads[i][1]);
	if (w->hsts)
		MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
}
