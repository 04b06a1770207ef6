/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that have hurt C programs before: using one does not compile. Use slice, scan and buf instead. */
#ifndef FRONTDESK_BANNED_H
#define FRONTDESK_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define FRONTDESK_BANNED(name) this_call_is_banned_##name

#undef strcpy
#define strcpy(...) FRONTDESK_BANNED(strcpy)
#undef strcat
#define strcat(...) FRONTDESK_BANNED(strcat)
#undef strncpy
#define strncpy(...) FRONTDESK_BANNED(strncpy)
#undef strncat
#define strncat(...) FRONTDESK_BANNED(strncat)
#undef sprintf
#define sprintf(...) FRONTDESK_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) FRONTDESK_BANNED(vsprintf)
#undef strtok
#define strtok(...) FRONTDESK_BANNED(strtok)
#undef strtok_r
#define strtok_r(...) FRONTDESK_BANNED(strtok_r)
#undef gets
#define gets(...) FRONTDESK_BANNED(gets)
#undef atoi
#define atoi(...) FRONTDESK_BANNED(atoi)
#undef atol
#define atol(...) FRONTDESK_BANNED(atol)
#undef atoll
#define atoll(...) FRONTDESK_BANNED(atoll)
#undef atof
#define atof(...) FRONTDESK_BANNED(atof)
#undef sscanf
#define sscanf(...) FRONTDESK_BANNED(sscanf)
#undef fscanf
#define fscanf(...) FRONTDESK_BANNED(fscanf)
#undef scanf
#define scanf(...) FRONTDESK_BANNED(scanf)
#undef gmtime
#define gmtime(...) FRONTDESK_BANNED(gmtime)
#undef localtime
#define localtime(...) FRONTDESK_BANNED(localtime)
#undef ctime
#define ctime(...) FRONTDESK_BANNED(ctime)
#undef asctime
#define asctime(...) FRONTDESK_BANNED(asctime)
#undef alloca
#define alloca(...) FRONTDESK_BANNED(alloca)
#undef mktemp
#define mktemp(...) FRONTDESK_BANNED(mktemp)
#undef tmpnam
#define tmpnam(...) FRONTDESK_BANNED(tmpnam)
#undef system
#define system(...) FRONTDESK_BANNED(system)
#undef popen
#define popen(...) FRONTDESK_BANNED(popen)

#endif
