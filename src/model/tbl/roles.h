/* clang-format off: a table is read by its columns */
/* X(role, level, label): who may do what; a lower level may do more */
X(platform, 1, "Platform administrator")
X(admin,    2, "Administrator")
X(agent,    3, "Agent")
X(user,     4, "User")
