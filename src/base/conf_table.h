/* Every value of the configuration: key, variable, default, (range,) meaning, example */
TEXT(data, "CARILLON_DATA", "data", "Folder for the database, certificates and recordings",
     "/var/lib/carillon")
ADDRESS(bind, "CARILLON_BIND", "127.0.0.1",
	"Address to listen on; with 0.0.0.0 advertise is needed", "203.0.113.7")
ADDRESS(advertise, "CARILLON_ADVERTISE", "",
	"Address told to phones, if it differs from bind (behind NAT)", "198.51.100.4")
NUMBER(http_port, "CARILLON_HTTP_PORT", 8080, 0, 65535,
       "Portal over plain HTTP, on loopback only; 0 for none", "8080")
NUMBER(https_port, "CARILLON_HTTPS_PORT", 8443, 0, 65535,
       "Portal and SIP over WebSocket with TLS; 0 for none", "443")
NUMBER(sip_port, "CARILLON_SIP_PORT", 5060, 1, 65535, "SIP over UDP and TCP", "5060")
NUMBER(sips_port, "CARILLON_SIPS_PORT", 5061, 0, 65535, "SIP over TLS; 0 for none", "5061")
PORTS(rtp_ports, "CARILLON_RTP_PORTS", "20000-29999", "UDP ports for audio, first-last",
      "20000-29999")
TEXT(cert, "CARILLON_CERT", "", "Certificate chain (PEM); empty: a self-signed one is made in data",
     "/etc/carillon/cert.pem")
TEXT(trunk_ca, "CARILLON_TRUNK_CA", "",
     "Authorities that the certificates of trunks by TLS are checked against (PEM); empty: the "
     "system's",
     "/etc/carillon/trunk-ca.pem")
TEXT(dns, "CARILLON_DNS", "",
     "DNS servers that are asked for trunks, with a space between; empty: the system's",
     "192.0.2.53 198.51.100.53:5353")
TEXT(key, "CARILLON_KEY", "", "Private key of the certificate (PEM)", "/etc/carillon/key.pem")
TEXT(public_url, "CARILLON_PUBLIC_URL", "", "Address of the portal as people type it",
     "https://pbx.example.com")
TEXT(portal, "CARILLON_PORTAL", "", "Folder of the built portal; empty: beside the program",
     "/usr/share/carillon/portal")
TEXT(sounds, "CARILLON_SOUNDS", "/usr/share/asterisk/sounds/en_US_f_Allison",
     "Folder of spoken prompts (WAV, 8 kHz)", "/usr/share/asterisk/sounds/en_US_f_Allison")
TEXT(music, "CARILLON_MUSIC", "/usr/share/asterisk/moh", "Folder of music on hold (WAV, 8 kHz)",
     "/usr/share/asterisk/moh")
NUMBER(media_threads, "CARILLON_MEDIA_THREADS", 0, 0, 64,
       "Threads for audio; 0: one less than there are cores", "3")
NUMBER(web_threads, "CARILLON_WEB_THREADS", 2, 1, 64, "Threads for the portal and the API", "4")
NUMBER(work_threads, "CARILLON_WORK_THREADS", 3, 1, 8,
       "Threads for work that waits: e-mail, files, housekeeping", "3")
NUMBER(silence_ms, "CARILLON_SILENCE_MS", 120000, 5000, 3600000,
       "A call without any audio packet for so long ends, in ms", "120000")
NUMBER(call_max_ms, "CARILLON_CALL_MAX_MS", 14400000, 60000, 86400000,
       "A call never lasts longer, in ms", "14400000")
NUMBER(reclaim_ms, "CARILLON_RECLAIM_MS", 20000, 0, 120000,
       "How long a call waits with music when its browser page was reloaded, in ms", "20000")
NUMBER(park_ms, "CARILLON_PARK_MS", 120000, 5000, 3600000,
       "How long a parked call waits before it goes back to whoever parked it, in ms", "120000")
NUMBER(max_calls, "CARILLON_MAX_CALLS", 2000, 1, 100000,
       "Calls at once; more are told to try again", "2000")
NUMBER(max_calls_per_extension, "CARILLON_MAX_CALLS_PER_EXTENSION", 100, 1, 100000,
       "Phones of one extension in calls at once; beyond it only calls for help are taken from "
       "them",
       "100")
NUMBER(session_expires_s, "CARILLON_SESSION_EXPIRES_S", 1800, 90, 86400,
       "Session timer of SIP calls (RFC 4028), in seconds", "1800")
NUMBER(register_min_s, "CARILLON_REGISTER_MIN_S", 60, 30, 3600, "Shortest registration, in seconds",
       "60")
NUMBER(register_max_s, "CARILLON_REGISTER_MAX_S", 3600, 60, 86400,
       "Longest registration, in seconds", "3600")
NUMBER(udp_keepalive_s, "CARILLON_UDP_KEEPALIVE_S", 30, 0, 600,
       "Pause between OPTIONS to phones behind NAT, in seconds; 0 for none", "30")
NUMBER(sip_conns_per_source, "CARILLON_SIP_CONNS_PER_SOURCE", 1000, 0, 100000,
       "SIP connections by TCP and TLS that one address may have; 0 for any number", "1000")
TEXT(mail_host, "CARILLON_MAIL_HOST", "", "Mail server that takes our mail (SMTP); empty for none",
     "mail.example.com")
NUMBER(mail_port, "CARILLON_MAIL_PORT", 587, 1, 65535, "Its port", "587")
CHOICE(mail_tls, "CARILLON_MAIL_TLS", "starttls", "starttls tls none",
       "How the way there is encrypted; none only to this machine")
TEXT(mail_user, "CARILLON_MAIL_USER", "", "User name at the mail server; empty for none",
     "carillon")
TEXT(mail_password, "CARILLON_MAIL_PASSWORD", "", "Its password", "secret")
TEXT(mail_from, "CARILLON_MAIL_FROM", "", "Sender's address of our mail", "pbx@example.com")
TEXT(mail_ca, "CARILLON_MAIL_CA", "",
     "Authorities that the mail server's certificate is checked against (PEM); empty: the system's",
     "/etc/carillon/mail-ca.pem")
TEXT(mail_in_auth, "CARILLON_MAIL_IN_AUTH", "",
     "Name in the Authentication-Results of the mail server that hands over mails to be faxed; "
     "empty: it refuses forged ones itself",
     "mx.example.com")
NUMBER(mail_file_kb, "CARILLON_MAIL_FILE_KB", 18432, 0, 102400,
       "Largest file that is attached to a mail, in KiB; a larger one is only linked to", "18432")
FLAG(fax_t38, "CARILLON_FAX_T38", "yes",
     "Faxes go by T.38 where the far side can; otherwise, and with no, as sound")
NUMBER(fax_pages, "CARILLON_FAX_PAGES", 200, 1, 499,
       "Most pages of a document that is faxed; a cover page comes on top", "100")
FLAG(push, "CARILLON_PUSH", "yes",
     "Browsers whose portal is closed are told of calls by the push services of their makers")
TEXT(push_ca, "CARILLON_PUSH_CA", "",
     "Authorities that the certificates of push services are checked against (PEM); empty: the "
     "system's",
     "/etc/carillon/push-ca.pem")
TEXT(push_inside, "CARILLON_PUSH_INSIDE", "",
     "Push services in a network of your own, host:port with a space between; all others must be "
     "on the internet",
     "push.example.lan:8443")
TEXT(phone_servers, "CARILLON_PHONE_SERVERS", "",
     "WebSocket servers of other telephone systems that the portal's phone may be set to by hand, "
     "with a space between; empty for none",
     "wss://pbx.example.com wss://sip.example.net:8443")
TEXT(turn_urls, "CARILLON_TURN_URLS", "",
     "TURN servers that browsers may relay their audio through, with a space between; empty for "
     "none",
     "turn:turn.example.com:3478 turns:turn.example.com:5349?transport=tcp")
TEXT(turn_secret, "CARILLON_TURN_SECRET", "",
     "Secret shared with them (coturn: static-auth-secret)", "secret")
NUMBER(turn_lifetime_s, "CARILLON_TURN_LIFETIME_S", 86400, 600, 604800,
       "How long credentials for them last, in seconds; a relayed call ends with them", "86400")
TEXT(trusted_proxies, "CARILLON_TRUSTED_PROXIES", "",
     "Addresses whose X-Forwarded-For is believed, separated by commas", "10.0.0.2,10.0.0.3")
CHOICE(log, "CARILLON_LOG", "info", "debug info warn error", "Least level that is logged")
TEXT(clock_file, "CARILLON_CLOCK_FILE", "",
     "For tests: a file through which the clock can be moved; only on loopback", "/tmp/clock")
