/* signalfd(2) for Swift. */
#ifndef FDT_CSIGNALDESCRIPTOR_H
#define FDT_CSIGNALDESCRIPTOR_H

#include <sys/signalfd.h>

#endif
