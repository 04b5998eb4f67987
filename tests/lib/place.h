/* place.h: a directory that a test made for itself. Nobody but programs below tests/ includes this. */
#pragma once

/* Removes it with all that is in it; what cannot be removed stays, and so does what links point to. */
void place_remove(const char *place);
