/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resident: gives memory back that is not in use. The heap keeps what a burst needed; and the pages of code
 * and constants that only the start needed (libraries set themselves up, templates are compiled) stay mapped,
 * more than all that an idle frontdesk runs. Such a page is a clean copy of its file: it comes back from the
 * page cache, should it be wanted again.
 */
#include "frontdesk/base.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

/* Segments that were never writable: dropping a page that was written to would lose what was written. */
static int drop_code(struct dl_phdr_info *object, size_t size, void *self)
{
    (void)size;
    uintptr_t page = *(const uintptr_t *)self;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &object->dlpi_phdr[i];
        if (h->p_type != PT_LOAD || (h->p_flags & PF_W))
            continue;
        uintptr_t from = (object->dlpi_addr + h->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t to = (object->dlpi_addr + h->p_vaddr + h->p_memsz) & ~(page - 1);
        if (from < to)
            (void)madvise((void *)from, to - from, MADV_DONTNEED);
    }
    return 0;
}

void mem_trim(bool code_too)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    malloc_trim(0);
    if (code_too)
        dl_iterate_phdr(drop_code, &page);
}
