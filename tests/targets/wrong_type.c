/* Calls a function through a pointer of another type. A build that lets it pass checks nothing. */
#include <stdio.h>

static int twice(int n)
{
    return 2 * n;
}

int main(int argc, char **argv)
{
    union {
        int (*is)(int);
        int (*called_as)(const char *);
    } function = {twice};
    int (*volatile wrong)(const char *) = function.called_as;
    (void)argc;
    printf("%d\n", wrong(argv[0]) == 0);
    return 0;
}
