/* clang-format off: a table is read by its columns */
/* X(code, name, dest kind, target, what it does): dialled like a number, each leads to a dest */
X("*43",   "Echo test",     echo,  "0",    "You hear yourself: a test of microphone and speaker")
X("*9196", "Echo test",     echo,  "0",    "You hear yourself: a test of microphone and speaker")
X("*9195", "Delayed echo",  echo,  "5000", "You hear yourself five seconds later")
X("*9664", "Music on hold", music, "",     "What callers on hold hear")
