# Mistakes in host.c that the explorer must find.

# No second look at the list after the host was armed.
bide_mutant(host_no_look host
    "if (bide_priv_load_seq_cst(BIDE_PRIV_PTR(&core->remote)) != NULL) {"
    "if (0) {"
    host-two host-both)
# That look, or arming itself, not in the one order of all.
bide_mutant(host_weak_look host
    "if (bide_priv_load_seq_cst(BIDE_PRIV_PTR(&core->remote)) != NULL) {"
    "if (bide_priv_load_acquire(BIDE_PRIV_PTR(&core->remote)) != NULL) {"
    host-two host-both)
bide_mutant(host_weak_arm host
    "bide_priv_store_seq_cst(BIDE_PRIV_U32(&core->host_state), 0u);"
    "bide_priv_store_release(BIDE_PRIV_U32(&core->host_state), 0u);"
    host-two host-both)
# The end does not wait for who is in the host.
bide_mutant(host_no_wait host
    "HOST_TAKEN) {"
    "0) {"
    host-free host-only-free)
# ... or does not look at all.
bide_mutant(host_no_close host
    "{\n    disarm(core);\n}"
    "{\n    (void)core;\n}"
    host-free host-only-free)
