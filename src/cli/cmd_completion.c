/* SPDX-License-Identifier: GPL-2.0-or-later */
/* completion: scripts for shells, out of the tables of subcommands and options. */
#include "cli_table.h"

static bool is_arg(const struct option_row *o, const char *kind)
{
    return o->arg && strcmp(o->arg, kind) == 0;
}

/* Text between single quotes; `quote` is how the shell writes one there. */
static void print_inside(const char *text, const char *quote, const char *also)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\'')
            printf("%s", quote);
        else
            printf("%s%c", strchr(also, *p) ? "\\" : "", *p);
    }
}

static void print_quoted(const char *text, const char *quote)
{
    putchar('\'');
    print_inside(text, quote, "");
    putchar('\'');
}

/* " --since --json" of the subcommand, with the common ones. */
static void print_names(const struct subcommand *s)
{
    for (size_t i = 0; i < cli_n_options; i++) {
        if (cli_takes(s, &cli_options[i]))
            printf(" --%s", cli_options[i].name);
    }
}

static const char *words_of(const struct subcommand *s)
{
    return s->words[0] == '@' ? "" : s->words;
}

static void print_command_names(void)
{
    for (size_t i = 0; i < cli_n_subcommands; i++)
        printf("%s%s", i ? " " : "", cli_subcommands[i].name);
}

/* --- bash --- */

static void bash_values(const struct option_row *o)
{
    printf("    %s%c%s--%s) ", o->letter ? "-" : "", o->letter ? o->letter : ' ', o->letter ? "|" : "",
           o->name);
    if (o->values)
        printf("mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\"); ", o->values);
    else if (is_arg(o, "FILE") || is_arg(o, "DIR"))
        printf("mapfile -t COMPREPLY < <(compgen -%c -- \"$cur\"); ", is_arg(o, "FILE") ? 'f' : 'd');
    printf("return ;;\n");
}

static void print_bash(void)
{
    printf("# frontdesk(8): made by `frontdesk completion bash`\n"
           "_frontdesk()\n{\n    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} "
           "command= i\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n        case ${COMP_WORDS[i]} in\n        ");
    for (size_t i = 0, n = 0; i < cli_n_options; i++) {
        if (cli_options[i].arg)
            printf("%s--%s", n++ ? "|" : "-c|", cli_options[i].name);
    }
    printf(") ((i++)) ;;\n        -*) ;;\n        *) command=${COMP_WORDS[i]}; break ;;\n        esac\n    "
           "done\n"
           "    case $prev in\n");
    for (size_t i = 0; i < cli_n_options; i++) {
        if (cli_options[i].arg)
            bash_values(&cli_options[i]);
    }
    printf("    esac\n    local words=\n    case $command in\n    '') words='");
    print_command_names();
    printf(" --help --version' ;;\n    help) words='");
    print_command_names();
    printf("' ;;\n");
    for (size_t i = 0; i < cli_n_subcommands; i++) {
        const struct subcommand *s = &cli_subcommands[i];
        if (strcmp(s->name, "help") == 0)
            continue;
        printf("    %s) words='%s", s->name, words_of(s));
        print_names(s);
        printf("' ;;\n");
    }
    printf("    esac\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n"
           "complete -o default -F _frontdesk frontdesk\n");
}

/* --- zsh --- */

static void zsh_option(const struct option_row *o)
{
    printf("    ");
    if (o->letter)
        printf("{-%c,--%s}", o->letter, o->name);
    else
        printf("--%s", o->name);
    printf("'[");
    print_inside(o->help, "'\\''", "[]:");
    putchar(']');
    if (o->arg)
        printf(":%s:", o->arg);
    if (o->values)
        printf("(%s)", o->values);
    else if (is_arg(o, "FILE") || is_arg(o, "DIR"))
        printf("_files%s", is_arg(o, "DIR") ? " -/" : "");
    else if (o->arg)
        printf(" ");
    printf("'");
}

static void zsh_subcommand(const struct subcommand *s)
{
    printf("  %s) _arguments", s->name);
    for (size_t i = 0; i < cli_n_options; i++) {
        if (cli_takes(s, &cli_options[i])) {
            printf(" \\\n");
            zsh_option(&cli_options[i]);
        }
    }
    if (s->words[0] == '@')
        printf(" \\\n    '1:file:_files'");
    else if (strcmp(s->name, "help") == 0)
        printf(" \\\n    '1:command:(${commands%%%%:*})'");
    else if (s->words[0])
        printf(" \\\n    '1:what:(%s)'", s->words);
    printf(" ;;\n");
}

static void print_zsh(void)
{
    printf("#compdef frontdesk\n# frontdesk(8): made by `frontdesk completion zsh`\nlocal -a commands\n"
           "local state line curcontext=$curcontext\ncommands=(\n");
    for (size_t i = 0; i < cli_n_subcommands; i++) {
        printf("  '%s:", cli_subcommands[i].name);
        print_inside(cli_subcommands[i].summary, "'\\''", ":");
        printf("'\n");
    }
    printf(")\n_arguments -C '1: :->command' '*:: :->rest'\ncase $state in\n"
           "command) _describe command commands ;;\nrest) case $words[1] in\n");
    for (size_t i = 0; i < cli_n_subcommands; i++)
        zsh_subcommand(&cli_subcommands[i]);
    printf("  esac ;;\nesac\n");
}

/* --- fish --- */

static void fish_option(const struct subcommand *s, const struct option_row *o)
{
    printf("complete -c frontdesk");
    if (s)
        printf(" -n '__fish_seen_subcommand_from %s'", s->name);
    if (o->letter)
        printf(" -s %c", o->letter);
    printf(" -l %s%s", o->name, !o->arg ? "" : is_arg(o, "FILE") || is_arg(o, "DIR") ? " -r -F" : " -x");
    if (o->values)
        printf(" -a '%s'", o->values);
    printf(" -d ");
    print_quoted(o->help, "\\'");
    printf("\n");
}

static void fish_subcommand(const struct subcommand *s)
{
    printf("complete -c frontdesk -n __fish_use_subcommand -a %s -d ", s->name);
    print_quoted(s->summary, "\\'");
    printf("\n");
    if (s->words[0] == '@')
        printf("complete -c frontdesk -n '__fish_seen_subcommand_from %s' -F\n", s->name);
    else if (s->words[0])
        printf("complete -c frontdesk -n '__fish_seen_subcommand_from %s' -a '%s'\n", s->name, s->words);
    for (size_t i = 0; i < cli_n_options; i++) {
        if (!cli_options[i].common && cli_takes(s, &cli_options[i]))
            fish_option(s, &cli_options[i]);
    }
}

static void print_fish(void)
{
    printf("# frontdesk(8): made by `frontdesk completion fish`\ncomplete -c frontdesk -f\n");
    for (size_t i = 0; i < cli_n_options; i++) {
        if (cli_options[i].common)
            fish_option(NULL, &cli_options[i]);
    }
    for (size_t i = 0; i < cli_n_subcommands; i++)
        fish_subcommand(&cli_subcommands[i]);
    printf("complete -c frontdesk -n '__fish_seen_subcommand_from help' -a '");
    print_command_names();
    printf("'\n");
}

int cmd_completion(const struct cli *cli)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    for (size_t i = 0; cli->n_args && i < ARRAY_LEN(shells); i++) {
        if (strcmp(shells[i].name, cli->args[0]) == 0) {
            shells[i].print();
            return EX_OK;
        }
    }
    return cli_misused(cli, "completion%s%s: allowed are bash, zsh and fish", cli->n_args ? " " : "",
                       cli->n_args ? cli->args[0] : "");
}
