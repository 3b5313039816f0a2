/*
 * parse.h: what requests and answers look like; no waiting here.
 *
 * Functions with a problem return HTTP_OK or a code that is noted there.
 */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include "connection.h"
#include "http.h"

/* Where the request goes; refuses what cannot be sent as it is. */
int32_t http_check_request(const http_request *request, http_target *to, http_problem *problem);

/* The text that is sent. False: no memory. */
bool http_write_request(const http_request *request, const http_target *to, http_text *out);

/* Whether the method may be repeated when nobody knows if the first try had an effect. */
bool http_may_repeat(const char *method);

/* "HTTP/1.1 200 OK" */
int32_t http_parse_status(const char *line, unsigned long number, http_answer *answer);

/* "Name: value", which is written over. */
int32_t http_parse_field(char *line, unsigned long number, http_text *fields,
                         http_problem *problem);

/* "1a;extension" */
int32_t http_parse_chunk(const char *line, unsigned long number, uint64_t *size,
                         http_problem *problem);

/* How the body ends, by request and head. */
int32_t http_parse_framing(const http_request *request, http_answer *answer, unsigned long number,
                           enum http_framing *framing, uint64_t *length);

/* Whether the other side keeps the connection. */
bool http_stays_open(const http_answer *answer);

#endif
