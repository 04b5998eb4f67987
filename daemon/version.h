/* version.h: what this program is called in logs, metrics and --version. */
#pragma once

#define CHITRA_VERSION "0.1.0"
