/* SPDX-License-Identifier: GPL-2.0-or-later */
/* needles: a trie of the needles, and where each node goes by the class of the next byte. While it is made,
 * each node has a whole table row, in which stands what a failed beginning leaves over (the node `back`). Of
 * those rows only the ones with many children stay: it is there as long as the program. The others keep their
 * children, and a text goes back where there is none: two steps a byte at most. See needles.h. */
#include "needles.h"

enum { MOST_NODES = 60000, MOST_CLASSES = 64, MOST_NEEDLES = 4000, FEW_CHILDREN = 6 };

struct needle {
    char *text;
    unsigned letters;  /* bytes that count */
    bool begins;       /* a sentence: '^' */
    unsigned digits;   /* '#'s at the end */
    uint16_t same_end; /* 1 + the next needle that ends in the same node; 0: none */
};

struct child {
    uint16_t node;
    uint8_t class;
};

struct node {
    uint16_t back;
    uint16_t ends;  /* 1 + the first needle that ends here; 0: none */
    uint16_t also;  /* the nearest node on the way back in which one ends; 0: none */
    uint16_t first; /* of its children; where n_children is over FEW_CHILDREN, its row instead */
    uint8_t n_children;
};

struct needles {
    struct needle *v;
    size_t n, room;
    uint8_t classes[256]; /* 0: in no needle */
    size_t n_classes;
    size_t n_nodes, node_room;
    struct node *nodes;
    uint16_t *rows; /* MOST_CLASSES each: while it is made those of all nodes, then of a few */
    struct child *children;
};

/* Blanks, and the bar between two cells of a table. */
static bool is_gap(char c)
{
    return c == ' ' || c == '|';
}

struct needles *needles_new(void)
{
    struct needles *n = mem_alloc(sizeof(*n));
    n->n_classes = 1;
    n->n_nodes = 1;
    n->node_room = 1024;
    n->rows = mem_alloc(n->node_room * MOST_CLASSES * sizeof(*n->rows));
    n->nodes = mem_alloc(n->node_room * sizeof(*n->nodes));
    return n;
}

void needles_free(struct needles **needles)
{
    struct needles *n = *needles;
    if (!n)
        return;
    for (size_t i = 0; i < n->n; i++)
        free(n->v[i].text);
    free(n->v);
    free(n->rows);
    free(n->nodes);
    free(n->children);
    free(n);
    *needles = NULL;
}

size_t needles_count(const struct needles *n)
{
    return n->n;
}

struct slice needles_text(const struct needles *n, size_t needle)
{
    return slice_of(n->v[needle].text);
}

static size_t new_node(struct needles *n)
{
    if (n->n_nodes == n->node_room) {
        size_t had = n->node_room;
        n->node_room *= 2;
        n->rows = mem_grow(n->rows, n->node_room * MOST_CLASSES * sizeof(*n->rows));
        n->nodes = mem_grow(n->nodes, n->node_room * sizeof(*n->nodes));
        memset(n->rows + had * MOST_CLASSES, 0, had * MOST_CLASSES * sizeof(*n->rows));
        memset(n->nodes + had, 0, had * sizeof(*n->nodes));
    }
    return n->n_nodes++;
}

/* While it is made. */
static uint16_t *place(const struct needles *n, size_t node, unsigned char c)
{
    return &n->rows[node * MOST_CLASSES + n->classes[c]];
}

/* The node of the text, made where it is missing; 0: no room. */
static size_t node_of(struct needles *n, struct slice text)
{
    size_t node = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (is_gap((char)c))
            continue;
        if (!n->classes[c] && n->n_classes == MOST_CLASSES)
            return 0;
        if (!n->classes[c])
            n->classes[c] = (uint8_t)n->n_classes++;
        if (!*place(n, node, c)) {
            if (n->n_nodes == MOST_NODES)
                return 0;
            size_t made = new_node(n);
            *place(n, node, c) = (uint16_t)made;
        }
        node = *place(n, node, c);
    }
    return node;
}

static long find_same(const struct needles *n, size_t node, struct slice text)
{
    for (size_t at = n->nodes[node].ends; at; at = n->v[at - 1].same_end) {
        if (slice_eq(slice_of(n->v[at - 1].text), text))
            return (long)at - 1;
    }
    return -1;
}

long needles_add(struct needles *n, struct slice text)
{
    bool begins = text.len && text.ptr[0] == '^';
    struct slice letters = slice_skip(text, begins);
    while (letters.len && letters.ptr[letters.len - 1] == '#')
        letters.len--;
    size_t node = n->n < MOST_NEEDLES ? node_of(n, letters) : 0;
    if (!node)
        return -1;
    long same = find_same(n, node, text);
    if (same >= 0)
        return same;
    if (n->n == n->room) {
        n->room = n->room ? n->room * 2 : 256;
        n->v = mem_grow(n->v, n->room * sizeof(*n->v));
    }
    struct needle *it = &n->v[n->n++];
    *it = (struct needle){.text = mem_alloc(text.len + 1),
                          .begins = begins,
                          .digits = (unsigned)(text.len - letters.len - begins)};
    memcpy(it->text, text.ptr, text.len);
    for (size_t i = 0; i < letters.len; i++)
        it->letters += !is_gap(letters.ptr[i]);
    it->same_end = n->nodes[node].ends;
    n->nodes[node].ends = (uint16_t)n->n;
    return (long)n->n - 1;
}

/* The row of `node` into its children, or into the first free one of the rows that stay. */
static void pack(struct needles *n, size_t node, size_t *n_rows, size_t *n_children)
{
    struct node *it = &n->nodes[node];
    const uint16_t *row = &n->rows[node * MOST_CLASSES], *back = &n->rows[(size_t)it->back * MOST_CLASSES];
    struct child found[MOST_CLASSES];
    size_t many = 0;
    for (size_t c = 1; c < n->n_classes; c++) {
        if (row[c] && (node == 0 || row[c] != back[c]))
            found[many++] = (struct child){row[c], (uint8_t)c};
    }
    it->n_children = (uint8_t)many;
    if (node == 0 || many > FEW_CHILDREN) {
        it->n_children = MOST_CLASSES;
        it->first = (uint16_t)(*n_rows)++;
        return;
    }
    it->first = (uint16_t)*n_children;
    memcpy(n->children + *n_children, found, many * sizeof(*found));
    *n_children += many;
}

/* A row may go only when nobody's `back` is compared with it any more: all are packed first. */
static void shrink(struct needles *n)
{
    size_t n_rows = 0, n_children = 0;
    n->children = mem_alloc(n->n_nodes * sizeof(*n->children));
    for (size_t i = 0; i < n->n_nodes; i++)
        pack(n, i, &n_rows, &n_children);
    uint16_t *rows = mem_alloc(n_rows * MOST_CLASSES * sizeof(*rows));
    for (size_t i = 0; i < n->n_nodes; i++) {
        if (n->nodes[i].n_children > FEW_CHILDREN)
            memcpy(rows + (size_t)n->nodes[i].first * MOST_CLASSES, n->rows + i * MOST_CLASSES,
                   MOST_CLASSES * sizeof(*rows));
    }
    free(n->rows);
    n->rows = rows;
    n->nodes = mem_grow(n->nodes, n->n_nodes * sizeof(*n->nodes));
}

/* Breadth first: the nodes nearer to the root have their rows whole already. */
void needles_close(struct needles *n)
{
    uint16_t *queue = mem_alloc(n->n_nodes * sizeof(*queue));
    size_t head = 0, tail = 0;
    for (size_t c = 1; c < n->n_classes; c++) {
        if (n->rows[c])
            queue[tail++] = n->rows[c];
    }
    while (head < tail) {
        size_t node = queue[head++], back = n->nodes[node].back;
        n->nodes[node].also = n->nodes[back].ends ? (uint16_t)back : n->nodes[back].also;
        for (size_t c = 1; c < n->n_classes; c++) {
            uint16_t *to = &n->rows[node * MOST_CLASSES + c], other = n->rows[back * MOST_CLASSES + c];
            if (*to) {
                n->nodes[*to].back = other;
                queue[tail++] = *to;
            } else {
                *to = other;
            }
        }
    }
    free(queue);
    shrink(n);
}

static size_t step(const struct needles *n, size_t node, uint8_t class)
{
    for (;; node = n->nodes[node].back) {
        const struct node *at = &n->nodes[node];
        if (at->n_children > FEW_CHILDREN)
            return n->rows[(size_t)at->first * MOST_CLASSES + class];
        for (const struct child *c = n->children + at->first; c < n->children + at->first + at->n_children;
             c++) {
            if (c->class == class)
                return c->node;
        }
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

static bool begins_sentence(struct slice text, size_t at)
{
    bool bar = false;
    for (; at && is_gap(text.ptr[at - 1]); at--)
        bar = bar || text.ptr[at - 1] == '|';
    return bar || at == 0 || strchr("\n.:;!?\"'()[]>-", text.ptr[at - 1]);
}

/* A number is found whole or not at all; and where the needle wants digits behind it, they are there. */
static bool whole(const struct needle *it, struct slice text, size_t from, size_t *to)
{
    if (is_digit(it->text[it->begins]) && from && is_word(text.ptr[from - 1]))
        return false;
    if (it->begins && !begins_sentence(text, from))
        return false;
    for (unsigned i = 0; i < it->digits; i++, ++*to) {
        *to += *to < text.len && is_gap(text.ptr[*to]);
        if (*to >= text.len || !is_digit(text.ptr[*to]))
            return false;
    }
    bool number = is_digit(text.ptr[*to - 1]);
    return !number || *to >= text.len || !is_word(text.ptr[*to]);
}

static size_t begin_of(struct slice text, size_t end, unsigned letters)
{
    while (letters && end)
        letters -= !is_gap(text.ptr[--end]);
    return end;
}

void needles_scan(const struct needles *n, struct slice text, size_t from, size_t to,
                  void (*hit)(void *self, const struct needle_hit *at), void *self)
{
    size_t node = 0;
    struct slice all = slice_cut(text, to);
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (is_gap((char)c))
            continue;
        node = step(n, node, n->classes[c]);
        for (size_t end = n->nodes[node].ends ? node : n->nodes[node].also; end; end = n->nodes[end].also) {
            for (size_t at = n->nodes[end].ends; at; at = n->v[at - 1].same_end) {
                const struct needle *it = &n->v[at - 1];
                size_t begin = begin_of(text, i + 1, it->letters), behind = i + 1;
                if (!whole(it, all, begin, &behind))
                    continue;
                struct needle_hit found = {
                    .needle = (uint32_t)(at - 1), .from = (uint32_t)begin, .to = (uint32_t)behind};
                hit(self, &found);
            }
        }
    }
}
