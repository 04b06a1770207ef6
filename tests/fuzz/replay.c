/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay: feeds every file of tests/fuzz/corpus/NAME to the target of a program fuzz_NAME, as TAP, from
 * exact-size heap blocks, so that the corpus is checked without libFuzzer. Folders may also be arguments. */
#include "fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

static void feed(const char *path, unsigned n)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    bool fine = f && fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode);
    size_t size = fine ? (size_t)st.st_size : 0;
    uint8_t *data = malloc(size ? size : 1);
    fine = fine && data && fread(data, 1, size, f) == size;
    if (fine)
        LLVMFuzzerTestOneInput(data, size);
    printf("%sok %u - %s\n", fine ? "" : "not ", n, path);
    fflush(stdout);
    free(data);
    if (f)
        fclose(f);
}

static unsigned replay(const char *folder, unsigned n)
{
    struct dirent **list = NULL;
    int count = scandir(folder, &list, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", folder, list[i]->d_name);
        if (list[i]->d_name[0] != '.')
            feed(path, ++n);
        free(list[i]);
    }
    free(list);
    return n;
}

int main(int argc, char **argv)
{
    unsigned n = 0;
    for (int i = 1; i < argc; i++)
        n = replay(argv[i], n);
    if (argc == 1) {
        const char *src = getenv("FRONTDESK_SRC"), *name = strstr(argv[0], "fuzz_");
        for (const char *next = name; next; next = strstr(next + 5, "fuzz_"))
            name = next;
        char folder[4096];
        snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", src ? src : ".", name ? name + 5 : "");
        n = replay(folder, n);
        if (n == 0)
            printf("not ok 1 - no corpus in %s\n", folder);
    }
    printf("1..%u\n", n ? n : 1);
    return n == 0;
}
