/* clang-format off: a table is read by its columns */
/* X(kind, after which exit, API member, label): when an extension passes its calls on; "all" asks no exit */
X(all,          done,     "forwardAll",          "every call")
X(busy,         busy,     "forwardBusy",         "calls while busy")
X(noanswer,     noanswer, "forwardNoAnswer",     "calls nobody answers")
X(unregistered, unavail,  "forwardUnregistered", "calls while no phone is connected")
