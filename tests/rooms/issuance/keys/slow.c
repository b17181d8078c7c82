/* A PKCS#11 module that hands everything on to SoftHSM, and sleeps before each signature for as many milliseconds as
   the file named by SLOW_TOKEN says. Built by conftest.py: a token that is slow, and quick again, while it is used. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef unsigned long CK_RV, CK_ULONG;
typedef CK_RV (*sign_function)(CK_ULONG, unsigned char *, CK_ULONG, unsigned char *, CK_ULONG *);
/* CK_FUNCTION_LIST of PKCS#11 v2.40: a version, then 68 functions in order; C_Sign is the 43rd of them. */
struct list { unsigned char major, minor; void *function[68]; };
enum { SIGN = 42 };

static struct list slow;
static sign_function sign;

static CK_RV slow_sign(CK_ULONG session, unsigned char *data, CK_ULONG length, unsigned char *out, CK_ULONG *room) {
  FILE *file = fopen(getenv("SLOW_TOKEN"), "r");
  unsigned milliseconds = 0;
  if (file) {
    if (fscanf(file, "%u", &milliseconds) != 1) milliseconds = 0;
    fclose(file);
  }
  usleep(milliseconds * 1000);
  return sign(session, data, length, out, room);
}

CK_RV C_GetFunctionList(struct list **found) {
  void *library = dlopen(getenv("TRUE_TOKEN"), RTLD_NOW | RTLD_LOCAL);
  if (!library) return 5; /* CKR_GENERAL_ERROR */
  CK_RV (*get)(struct list **) = (CK_RV (*)(struct list **))dlsym(library, "C_GetFunctionList");
  struct list *whole;
  CK_RV result = get(&whole);
  if (result) return result;
  slow = *whole;
  sign = (sign_function)whole->function[SIGN];
  slow.function[SIGN] = (void *)slow_sign;
  *found = &slow;
  return 0;
}
