/* A library that exports what all with C code called from Go does; its build has no name. */
void _cgo_topofstack(void);
void _cgo_topofstack(void) {}
