/* clang-format off: a table is read by its columns */
/* X(kind, what its target is, label): whatever one can be connected to */
X(extension, EXTENSION, "Extension")
X(external,  NUMBER,    "Outside number")
X(announce,  PROMPT,    "Announcement")
X(hangup,    NOTHING,   "Hang up")
X(echo,      DELAY,     "Echo test")
X(music,     NOTHING,   "Music on hold")
X(voicemail, EXTENSION, "Leave a message")
X(mailbox,   MAILBOX,   "Listen to messages")
X(setting,   CODE,      "Change a setting")
X(hidden,    CODE,      "Call with a hidden number")
X(again,     CODE,      "Call again")
X(time,      NOTHING,   "Time")
