/*
 * tee: readings of a thermometer go to three printers through two Tees, one over the other; then to
 * two through one whose types are known; then to one that runs out of paper.
 */
#include "tee.h"
#include "thermometer.h"

BIDE_SINK_IMPL(Readings, PrinterSink);
BIDE_SINK_IMPL(Readings, TeeSink);
BIDE_SINK_IMPL(Readings, PrinterTeeSink);

/* A printer, and the sink that it is. */
typedef struct station {
    Printer printer;
    PrinterSink sink;
} station;

static void station_open(station *s, const char *name, uint32_t paper)
{
    s->printer.name = name;
    s->printer.out = stdout;
    s->printer.paper = paper;
    PrinterSink_init(&s->sink, &s->printer);
}

static int run(const char *what, Readings into, uint32_t count)
{
    int32_t error = 0;
    bide_poll code;
    printf("%s\n", what);
    BIDE_BLOCK_ON_TO(code, record, &error, (count, &into));
    if (code < 0)
        fprintf(stderr, "tee: %s\n", bide_strerror(code));
    else if (error == READINGS_FULL)
        printf("a printer has no paper\n");
    else if (error)
        printf("error %d\n", (int)error);
    return code < 0;
}

int main(void)
{
    station hall, cellar, roof, empty;
    Tee inner, outer;
    TeeSink inner_sink, outer_sink;
    PrinterTee pair;
    PrinterTeeSink pair_sink;
    int bad = 0;
    station_open(&hall, "hall", 100);
    station_open(&cellar, "cellar", 100);
    station_open(&roof, "roof", 100);
    station_open(&empty, "empty", 1);

    inner = (Tee){"inner", stdout, PrinterSink_as_Readings(&hall.sink, NULL),
                  PrinterSink_as_Readings(&cellar.sink, NULL)};
    TeeSink_init(&inner_sink, &inner);
    outer = (Tee){"outer", stdout, TeeSink_as_Readings(&inner_sink, NULL),
                  PrinterSink_as_Readings(&roof.sink, NULL)};
    TeeSink_init(&outer_sink, &outer);
    bad |= run("a Tee over a Tee:", TeeSink_as_Readings(&outer_sink, NULL), 3);

    station_open(&hall, "hall", 100);
    station_open(&roof, "roof", 100);
    pair = (PrinterTee){"pair", stdout, &hall.sink, &roof.sink};
    PrinterTeeSink_init(&pair_sink, &pair);
    bad |= run("two printers, static:", PrinterTeeSink_as_Readings(&pair_sink, NULL), 2);

    pair.right = &empty.sink;
    PrinterTeeSink_init(&pair_sink, &pair);
    bad |= run("one of them has little paper:", PrinterTeeSink_as_Readings(&pair_sink, NULL), 9);
    return bad;
}
