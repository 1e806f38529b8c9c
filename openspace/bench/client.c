/* The load client of `openspace bench`: thousands of phones in one thread, faster than any server it measures.

   client PORT COOKIES HELLO reads one order a line and answers each with a line of JSON. COOKIES is a file with a
   cookie a line, for the phones in turn; HELLO is what a phone says after the handshake; when it is empty, a phone
   has joined with the handshake.

   connect N            open so many phones and wait until each has joined: how long each took
   hear N SECONDS FILE  wait for so many packets over all phones; write each as three 64-bit numbers: when it had arrived
                        (CLOCK_MONOTONIC, ns), and its "from" and "to" if it has any
   fetch N C PATH ETAG  so many GETs over C connections that are kept open: how long each took
   close                hang up */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* ns */
static const int64_t AWAKE = 500000;

enum state { SHAKING, GREETING, JOINED, GONE, FETCHING };
struct phone { int fd; enum state state; int64_t since; char *kept; size_t size, room; };
struct packet { int64_t at, from, to; };

static struct phone *phones;
static int many, joined, gone, loop, port;
static const char *hello;
static char cookies[1024][512];
static int cookie_count;
static struct packet *heard;
static size_t heards, heard_room;
static uint64_t bytes;
static char buffer[1 << 20];
static int64_t *times;
static int timed, asked, wanted;
static char question[2048], condition[300];

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
  fprintf(stderr, "client: %s\n", what);
  exit(1);
}

static void hang_up(struct phone *p) {
  if (p->state == GONE) return;
  close(p->fd);
  free(p->kept);
  p->kept = NULL;
  p->size = p->room = 0;
  p->state = GONE;
  gone++;
}

static void tell(struct phone *p, const char *text, size_t size) {
  if (send(p->fd, text, size, MSG_NOSIGNAL) != (ssize_t)size) hang_up(p);
}

/* A masked text frame; the mask is zero. */
static void say(struct phone *p, const char *text) {
  size_t size = strlen(text), head = size < 126 ? 6 : 8;
  char frame[2048] = {0};
  if (size > 2000) fail("too much to say");
  frame[0] = (char)0x81;
  frame[1] = (char)(0x80 | (size < 126 ? size : 126));
  if (size >= 126) { frame[2] = (char)(size >> 8); frame[3] = (char)size; }
  memcpy(frame + head, text, size);
  tell(p, frame, head + size);
}

static int64_t number_after(const char *text, size_t size, const char *name) {
  char *found = memmem(text, size, name, strlen(name));
  return found ? atoll(found + strlen(name)) : 0;
}

static void hear(struct phone *p, const char *text, size_t size) {
  if (size == 1 && *text == '2') { say(p, "3"); return; }
  if (size > 0 && *text == '0') { say(p, hello); return; }
  if (p->state == GREETING) {
    if (!memmem(text, size, "joined", 6)) return;
    p->state = JOINED;
    times[joined++] = now() - p->since;
    return;
  }
  if (size < 3 || text[0] != '4' || text[1] != '2') return;
  if (heards == heard_room) heard = realloc(heard, (heard_room = heard_room * 2 + 65536) * sizeof *heard);
  /* The names stand before the long part of a packet. */
  size_t front = size < 200 ? size : 200;
  int64_t from = number_after(text, front, "\"from\":"), to = number_after(text, front, "\"to\":");
  /* That is no change but the reminder of where the room stands. */
  if (to && from == to) return;
  heard[heards++] = (struct packet){now(), from, to};
}

static size_t frames(struct phone *p, const char *data, size_t size) {
  size_t taken = 0;
  while (size - taken >= 2 && p->state != GONE) {
    const unsigned char *u = (const unsigned char *)data + taken;
    size_t length = u[1] & 127, head = 2;
    if (length == 126) head = 4;
    if (length == 127) head = 10;
    if (size - taken < head) break;
    if (length == 126) length = (size_t)u[2] << 8 | u[3];
    if (length == 127) { length = 0; for (int i = 2; i < 10; i++) length = length << 8 | u[i]; }
    if (size - taken < head + length) break;
    if (u[0] & 0x70 || u[1] & 0x80) fail("a corrupt stream");
    if ((u[0] & 15) == 8) { hang_up(p); break; }
    if ((u[0] & 15) == 1) hear(p, (const char *)u + head, length);
    taken += head + length;
  }
  return taken;
}

static size_t handshake(struct phone *p, char *data, size_t size) {
  char *end = memmem(data, size, "\r\n\r\n", 4);
  if (!end) return 0;
  if (strncmp(data, "HTTP/1.1 101", 12)) { hang_up(p); return size; }
  p->state = *hello ? GREETING : JOINED;
  if (!*hello) times[joined++] = now() - p->since;
  return (size_t)(end + 4 - data);
}

static void ask(struct phone *p) {
  if (asked == wanted) return;
  char whole[4096];
  int size = snprintf(whole, sizeof whole,
    "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %s\r\nAccept-Encoding: gzip, br\r\nAccept-Language: uk\r\n%s\r\n",
    question, port, cookies[asked % cookie_count], condition);
  asked++;
  p->since = now();
  tell(p, whole, (size_t)size);
}

static size_t answer(struct phone *p, char *data, size_t size) {
  char *end = memmem(data, size, "\r\n\r\n", 4);
  if (!end) return 0;
  *end = 0;
  char *length = strcasestr(data, "\r\nContent-Length:");
  size_t whole = (size_t)(end + 4 - data) + (length ? (size_t)atol(length + 17) : 0);
  *end = '\r';
  if (size < whole) return 0;
  if (strncmp(data, "HTTP/1.1 200", 12) && strncmp(data, "HTTP/1.1 304", 12)) fail("an answer that is none");
  times[timed++] = now() - p->since;
  ask(p);
  return whole;
}

static void readable(struct phone *p) {
  if (p->state == GONE) return;
  if (p->size) memcpy(buffer, p->kept, p->size);
  ssize_t got = recv(p->fd, buffer + p->size, sizeof buffer - p->size, MSG_DONTWAIT);
  if (got <= 0) { if (got == 0 || (errno != EAGAIN && errno != EINTR)) hang_up(p); return; }
  bytes += (uint64_t)got;
  size_t size = p->size + (size_t)got, taken = 0, more = 1;
  while (more && taken < size && p->state != GONE) {
    char *data = buffer + taken;
    more = p->state == SHAKING ? handshake(p, data, size - taken)
         : p->state == FETCHING ? answer(p, data, size - taken) : frames(p, data, size - taken);
    taken += more;
  }
  if (p->state == GONE) return;
  p->size = size - taken;
  if (p->size > p->room) p->kept = realloc(p->kept, p->room = p->size * 2);
  if (p->size) memcpy(p->kept, buffer + taken, p->size);
}

/* While packets come it does not fall asleep: to wake it for each would cost the server's processor some microseconds
   a packet, which phones, on machines of their own, do not cost it. */
static void turn(int wait) {
  static int64_t busy;
  struct epoll_event events[512];
  int found = epoll_wait(loop, events, 512, now() - busy < AWAKE ? 0 : wait);
  if (found) busy = now();
  for (int i = 0; i < found; i++) readable(events[i].data.ptr);
}

static void dial(struct phone *p, enum state state) {
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  struct linger reset = {1, 0};
  int one = 1;
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  *p = (struct phone){.fd = socket(AF_INET, SOCK_STREAM, 0), .state = state, .since = now()};
  setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  if (connect(p->fd, (void *)&there, sizeof there)) fail("cannot connect");
  struct epoll_event event = {EPOLLIN, {.ptr = p}};
  epoll_ctl(loop, EPOLL_CTL_ADD, p->fd, &event);
}

static void close_all(void) {
  for (int i = 0; i < many; i++) hang_up(&phones[i]);
  free(phones);
  free(times);
  phones = NULL;
  times = NULL;
  many = joined = gone = timed = asked = 0;
}

static int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static void report(int count, int64_t begun, double cpu_then) {
  qsort(times, (size_t)count, sizeof *times, by_size);
  double at[3] = {.5, .99, 1}, ms[3] = {0};
  for (int i = 0; i < 3 && count; i++) ms[i] = (double)times[(int)((count - 1) * at[i])] / 1e6;
  printf("{\"count\":%d,\"gone\":%d,\"seconds\":%.4f,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f,\"bytes\":%lu,\"cpu\":%.3f}\n",
         count, gone, (double)(now() - begun) / 1e9, ms[0], ms[1], ms[2], bytes, cpu() - cpu_then);
}

static void do_connect(int count) {
  int64_t begun = now();
  double cpu_then = cpu();
  close_all();
  many = count;
  bytes = 0;
  phones = calloc((size_t)count, sizeof *phones);
  times = calloc((size_t)count, sizeof *times);
  for (int i = 0; i < count; i++) {
    char shake[4096];
    int size = snprintf(shake, sizeof shake,
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Cookie: %s\r\n\r\n", port, cookies[i % cookie_count]);
    dial(&phones[i], SHAKING);
    tell(&phones[i], shake, (size_t)size);
    turn(0);
  }
  while (joined + gone < count && now() - begun < 120000000000LL) turn(100);
  report(joined, begun, cpu_then);
}

static void do_hear(size_t count, double seconds, const char *path) {
  int64_t begun = now(), end = begun + (int64_t)(seconds * 1e9);
  double cpu_then = cpu();
  bytes = 0;
  while (heards < count && now() < end) turn(50);
  FILE *file = fopen(path, "wb");
  fwrite(heard, sizeof *heard, heards, file);
  fclose(file);
  printf("{\"count\":%zu,\"gone\":%d,\"bytes\":%lu,\"cpu\":%.3f}\n", heards, gone, bytes, cpu() - cpu_then);
  heards = 0;
}

static void do_fetch(int count, int lines, const char *path, const char *etag) {
  close_all();
  int64_t begun = now();
  double cpu_then = cpu();
  many = lines;
  wanted = count;
  bytes = 0;
  phones = calloc((size_t)lines, sizeof *phones);
  times = calloc((size_t)count, sizeof *times);
  snprintf(question, sizeof question, "%s", path);
  snprintf(condition, sizeof condition, *etag == '-' ? "" : "If-None-Match: %s\r\n", etag);
  for (int i = 0; i < lines; i++) { dial(&phones[i], FETCHING); ask(&phones[i]); turn(0); }
  while (timed < count && gone < lines && now() - begun < 120000000000LL) turn(100);
  report(timed, begun, cpu_then);
}

int main(int argc, char **argv) {
  char line[2048], path[1024], etag[256];
  int count, lines;
  double seconds;
  struct rlimit limit;
  if (argc != 4) fail("PORT COOKIES HELLO");
  port = atoi(argv[1]);
  FILE *file = fopen(argv[2], "r");
  if (!file) fail("no cookies");
  for (; cookie_count < 1024 && fgets(cookies[cookie_count], 512, file); cookie_count++)
    cookies[cookie_count][strcspn(cookies[cookie_count], "\n")] = 0;
  fclose(file);
  hello = argv[3];
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  loop = epoll_create1(0);
  setvbuf(stdout, NULL, _IOLBF, 0);
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "connect %d", &count) == 1) do_connect(count);
    else if (sscanf(line, "hear %d %lf %1023s", &count, &seconds, path) == 3) do_hear((size_t)count, seconds, path);
    else if (sscanf(line, "fetch %d %d %1023s %255s", &count, &lines, path, etag) == 4) do_fetch(count, lines, path, etag);
    else if (!strncmp(line, "close", 5)) { close_all(); puts("{}"); }
    else fail("an unknown order");
  }
  return 0;
}
