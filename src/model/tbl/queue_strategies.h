/* clang-format off: a table is read by its columns */
/* X(strategy, label): which free agents of a queue are rung for a caller */
X(all,        "Everybody at once")
X(longest,    "Whoever has been idle longest")
X(roundrobin, "In turn")
X(fewest,     "Whoever took the fewest calls today")
X(random,     "Anybody")
