/* clang-format off: a table is read by its columns */
/* X(name, code, argument, kind, target, label, what it does): dialled like a number, each leads to a dest, to whose
   target the argument is appended. Argument: NOTHING, NUMBER (whom one may dial), DIGITS (an extension, a room, a slot) */
X(echo_test,    "*43",   NOTHING, echo,  "0",    "Echo test",     "You hear yourself: a test of microphone and speaker")
X(echo_classic, "*9196", NOTHING, echo,  "0",    "Echo test",     "You hear yourself: a test of microphone and speaker")
X(echo_delayed, "*9195", NOTHING, echo,  "5000", "Delayed echo",  "You hear yourself five seconds later")
X(music,        "*9664", NOTHING, music, "",     "Music on hold", "What callers on hold hear")
