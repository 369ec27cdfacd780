#include "CReceiver.h"

void legato_keep(const void *value) { (void)value; }
